// How kernels walk through tensors: axes that can be walked as one are merged, and the rest is decoded from a flat index.
import type { Spec } from '@paperzoo/core';

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** Strides of an operand that is broadcast to `out`: 0 along axes that repeat. */
export function broadcastStrides(shape: readonly number[], out: readonly number[]): number[] {
  const own = stridesOf(shape);
  const lead = out.length - shape.length;
  return out.map((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? 0 : own[i - lead]!));
}

export interface Walk {
  readonly sizes: readonly number[];
  /** Per operand, a stride for each of the sizes. */
  readonly strides: readonly (readonly number[])[];
}

/** Leaves out axes of size 1 and merges neighbours that every operand walks evenly. At least one axis remains. */
export function merged(sizes: readonly number[], strides: readonly (readonly number[])[]): Walk {
  const out: { size: number; steps: number[] }[] = [];
  sizes.forEach((size, axis) => {
    if (size === 1) return;
    const steps = strides.map((s) => s[axis]!);
    const last = out.at(-1);
    if (last && last.steps.every((step, k) => step === steps[k]! * size)) {
      last.size *= size;
      last.steps = steps;
    } else out.push({ size, steps });
  });
  if (out.length === 0) out.push({ size: 1, steps: strides.map(() => 0) });
  return { sizes: out.map((a) => a.size), strides: strides.map((_, k) => out.map((a) => a.steps[k]!)) };
}

/** Names of the parameters of a walk over `rank` axes: the inner sizes, then each operand's strides. */
export const walkParams = (rank: number, operands: readonly string[], type: 'u32' | 'i32'): string[] => [
  ...axesFrom(1, rank).map((k) => `size${k}`),
  ...operands.flatMap((name) => axesFrom(0, rank).map((k) => `${name}Step${k}:${type}`)),
];

export const walkValues = ({ sizes, strides }: Walk): number[] => [...sizes.slice(1), ...strides.flat()];

/** WGSL that decodes `i` and declares `${name}At` for each operand. */
export function walkCode(rank: number, operands: readonly string[], type: 'u32' | 'i32'): string {
  const lines = ['var rest = i;'];
  for (let k = rank - 1; k > 0; k--) lines.push(`let c${k} = rest % p.size${k}; rest = rest / p.size${k};`);
  lines.push('let c0 = rest;');
  for (const name of operands) {
    const terms = axesFrom(0, rank).map((k) => `${type === 'i32' ? `i32(c${k})` : `c${k}`} * p.${name}Step${k}`);
    lines.push(`let ${name}At = ${terms.join(' + ')};`);
  }
  return lines.join('\n  ');
}

const axesFrom = (first: number, rank: number) =>
  Array.from({ length: Math.max(0, rank - first) }, (_, k) => k + first);

/** Sizes before, of and after an axis. */
export function around(x: Spec, axis: number): { outer: number; n: number; inner: number } {
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  return { outer: product(x.shape.slice(0, axis)), n: x.shape[axis]!, inner: product(x.shape.slice(axis + 1)) };
}
