/** How one array is walked: distance in elements between neighbours along each axis, and where it starts. */
export interface Walk {
  readonly strides: readonly number[];
  readonly start?: number;
}

interface Strided {
  /** Statements that define `<name>At`, the position in each array, from the position in the output. */
  readonly lines: string;
  readonly constants: Readonly<Record<string, number>>;
}

/** Distance between neighbours along each axis of a contiguous row-major array. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** Strides of an array of shape `from` read as `to`: repeated axes do not move. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const lead = to.length - from.length;
  const strides = stridesOf(from);
  return to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : strides[i - lead]!));
}

/**
 * Text that finds, for the element at `position` of an output of `shape`, the elements of the arrays that belong to it. Axes along which
 * all arrays move as one are merged first, so that most outputs need no division at all.
 */
export function strided(
  shape: readonly number[],
  walks: Readonly<Record<string, Walk>>,
  position = 'this.thread.x',
  prefix = '',
): Strided {
  const axes = merged(shape, Object.values(walks));
  const lines: string[] = [];
  const constants: Record<string, number> = {};
  let rest = position;
  for (let k = axes.length - 1; k > 0; k--) {
    constants[`${prefix}n${k}`] = axes[k]!.size;
    lines.push(`const ${prefix}q${k} = quotient(${rest}, this.constants.${prefix}n${k});`);
    lines.push(`const ${prefix}i${k} = ${rest} - ${prefix}q${k} * this.constants.${prefix}n${k};`);
    rest = `${prefix}q${k}`;
  }
  if (axes.length > 0) lines.push(`const ${prefix}i0 = ${rest};`);
  Object.entries(walks).forEach(([name, { start = 0 }], which) => {
    const terms: string[] = [];
    axes.forEach(({ steps }, k) => {
      const step = steps[which]!;
      if (step === 0) return;
      constants[`${name}${k}`] = step;
      terms.push(`${prefix}i${k} * this.constants.${name}${k}`);
    });
    if (start !== 0) {
      constants[`${name}Start`] = start;
      terms.push(`this.constants.${name}Start`);
    }
    lines.push(`const ${name}At = ${terms.join(' + ') || '0'};`);
  });
  return { lines: lines.join('\n    '), constants };
}

interface Axis {
  size: number;
  steps: number[];
}

function merged(shape: readonly number[], walks: readonly Walk[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const steps = walks.map(({ strides }) => strides[i]!);
    const outer = axes.at(-1);
    if (outer && outer.steps.every((step, w) => step === steps[w]! * size)) {
      outer.size *= size;
      outer.steps = steps;
    } else axes.push({ size, steps });
  });
  return axes;
}
