import * as core from '@paperzoo/core';
import type { WasmContext } from '../context';
import { wasmKernel, type WasmArg } from './kernels-module';
import { COSTLY_GRAIN, rowGrain } from './layout';

/** Codes in assembly/reduce.ts; a mean is a sum with a divisor. */
const CODES = { sum: 0, mean: 0, prod: 1, amax: 2, amin: 3 } as const;

interface Group {
  n: number;
  readonly reduced: boolean;
}

/** Axes as runs that are kept or reduced in turn; axes of size 1 belong to no run. */
function groupsOf(shape: readonly number[], dims: readonly number[]): Group[] {
  const groups: Group[] = [];
  shape.forEach((n, i) => {
    if (n === 1) return;
    const reduced = dims.includes(i);
    const last = groups.at(-1);
    if (last?.reduced === reduced) last.n *= n;
    else groups.push({ n, reduced });
  });
  return groups;
}

/** Reduces one run after the other, the innermost first; each step sees [outer, n, inner]. */
function reduce(ctx: WasmContext, x: WasmArg, y: WasmArg, dims: readonly number[], name: keyof typeof CODES): void {
  const groups = groupsOf(x.shape, dims);
  const count = dims.reduce((n, d) => n * x.shape[d]!, 1);
  if (!groups.some((g) => g.reduced)) groups.push({ n: 1, reduced: true });
  let from = x.buffer;
  let inner = 1;
  for (let i = groups.length - 1; i >= 0; i--) {
    const { n, reduced } = groups[i]!;
    if (!reduced) {
      inner *= n;
      continue;
    }
    const outer = groups.slice(0, i).reduce((size, g) => size * g.n, 1);
    const last = !groups.slice(0, i).some((g) => g.reduced);
    const to = last ? y.buffer : ctx.scratch(4 * outer * inner);
    const divisor = last && name === 'mean' ? count : 1;
    if (x.dtype === 'i32') ctx.parallel('sumI32', outer * inner, rowGrain(n), n, inner, from, to);
    else if (inner === 1) ctx.parallel('reduceRows', outer, rowGrain(n), CODES[name], n, divisor, from, to);
    else {
      const columns = outer * Math.ceil(inner / 16);
      ctx.parallel('reduceColumns', columns, rowGrain(16 * n), CODES[name], n, inner, divisor, from, to);
    }
    from = to;
  }
}

const reductions = [core.sum, core.mean, core.prod, core.amax, core.amin].map((op: core.Op) =>
  wasmKernel<{ dim: readonly number[] | null }>(
    op,
    op === core.sum ? ['f32', 'i32'] : ['f32'],
    (ctx, [x], y, { dim }) =>
      reduce(ctx, x!, y, core.axes(op.name, x!.shape.length, dim), op.name as keyof typeof CODES),
  ),
);

/** Sizes before, of and after an axis. */
export function around(x: core.Spec, op: string, dim: number): { outer: number; n: number; inner: number } {
  const d = core.axis(op, x.shape.length, dim);
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  return { outer: product(x.shape.slice(0, d)), n: x.shape[d]!, inner: product(x.shape.slice(d + 1)) };
}

const argmax = wasmKernel<{ dim: number }>(core.argmax, ['f32'], (ctx, [x], y, { dim }) => {
  const { n, inner } = around(x!, 'argmax', dim);
  ctx.parallel('argmax', y.size, rowGrain(n, COSTLY_GRAIN), n, inner, x!.buffer, y.buffer);
});

const cumsum = wasmKernel<{ dim: number }>(core.cumsum, ['f32', 'i32'], (ctx, [x], y, { dim }) => {
  const { outer, n, inner } = around(x!, 'cumsum', dim);
  const integer = x!.dtype === 'i32' ? 1 : 0;
  ctx.parallel('cumsum', outer * inner, rowGrain(n, COSTLY_GRAIN), integer, n, inner, x!.buffer, y.buffer);
});

export const reduceKernels = [...reductions, argmax, cumsum];
