import type { WasmContext } from '../context';

/** Distance in elements between neighbours along each axis of a contiguous row-major array. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}

/** Strides of an input of shape `from` read as if it had the shape `to`: repeated axes stand still. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const lead = to.length - from.length;
  const strides = stridesOf(from);
  return to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : strides[i - lead]!));
}

export interface Axes {
  readonly sizes: readonly number[];
  /** Per operand, in elements. */
  readonly strides: readonly (readonly number[])[];
}

/** The same walk with as few axes as possible: axes of size 1 vanish, neighbours that every operand steps through evenly become one. */
export function mergeAxes(shape: readonly number[], strides: readonly (readonly number[])[]): Axes {
  const sizes: number[] = [];
  const merged: number[][] = strides.map(() => []);
  for (let i = 0; i < shape.length; i++) {
    const n = shape[i]!;
    if (n === 1) continue;
    const last = sizes.length - 1;
    if (last >= 0 && strides.every((s, k) => merged[k]![last] === s[i]! * n)) {
      sizes[last] = sizes[last]! * n;
      for (let k = 0; k < strides.length; k++) merged[k]![last] = strides[k]![i]!;
    } else {
      sizes.push(n);
      for (let k = 0; k < strides.length; k++) merged[k]!.push(strides[k]![i]!);
    }
  }
  return { sizes, strides: merged };
}

export interface Rows {
  /** How many rows, and how many elements each has. */
  readonly rows: number;
  readonly n: number;
  /** Byte step of each operand within a row. */
  readonly steps: readonly number[];
  /** Address of the table of outer axes that `locate` in assembly/strided.ts reads. */
  readonly table: number;
}

/** Cuts a walk into rows along its innermost axis and writes the table of the others into scratch memory. */
export function layRows(ctx: WasmContext, axes: Axes, sizes: readonly number[]): Rows {
  const rank = axes.sizes.length;
  const outer = Math.max(rank - 1, 1);
  const table = ctx.scratch(4 * (1 + outer * (sizes.length + 1)));
  const words = ctx.u32;
  let at = table >>> 2;
  words[at++] = outer;
  let rows = 1;
  for (let i = 0; i < outer; i++) {
    const size = rank > 1 ? axes.sizes[i]! : 1;
    rows *= size;
    words[at++] = size;
    for (let k = 0; k < sizes.length; k++) words[at++] = rank > 1 ? axes.strides[k]![i]! * sizes[k]! : 0;
  }
  const n = rank ? axes.sizes[rank - 1]! : 1;
  const steps = sizes.map((size, k) => (rank ? axes.strides[k]![rank - 1]! * size : 0));
  return { rows, n, steps, table };
}

/** Elements of simple arithmetic that repay handing them to another thread: about 5 µs. */
export const GRAIN = 16384;
/** The same for functions such as exp. */
export const COSTLY_GRAIN = 4096;

/** Rows of `n` elements that make up a grain. */
export function rowGrain(n: number, grain = GRAIN): number {
  return Math.max(1, Math.ceil(grain / Math.max(1, n)));
}
