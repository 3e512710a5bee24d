import * as core from '@paperzoo/core';
import { wasmKernel } from './kernels-module';
import { GRAIN, layRows, mergeAxes, rowGrain, stridesOf } from './layout';
import { around } from './reduce';

/** A position outside the axis reads as NaN, as 0 among integers. */
const nothing = (dtype: core.DType) => (dtype === 'f32' ? 0x7fc00000 : 0);

/** Strides with the axis that the index walks left out. */
const without = (strides: readonly number[], dim: number) => strides.map((s, i) => (i === dim ? 0 : s));

const gather = wasmKernel<{ dim: number }>(core.gather, 'any', (ctx, [x, index], y, attrs) => {
  const dim = core.axis('gather', x!.shape.length, attrs.dim);
  const strides = stridesOf(x!.shape);
  const axes = mergeAxes(index!.shape, [without(strides, dim)]);
  const { rows, n, steps, table } = layRows(ctx, axes, [4]);
  const args = [n, x!.buffer, steps[0]!, x!.shape[dim]!, 4 * strides[dim]!, index!.buffer, y.buffer];
  ctx.parallel('gather', rows, rowGrain(n), ...args, nothing(x!.dtype), table);
});

/** On one thread, in the order of the indices, so that equal indices always add up in the same order. */
const scatterAdd = wasmKernel<{ dim: number }>(core.scatterAdd, 'any', (ctx, [x, index, src], y, attrs) => {
  ctx.exports.copyRows!(0, 1, 4 * y.size, x!.buffer, 0, y.buffer, 0);
  if (index!.size === 0) return;
  const dim = core.axis('scatter_add', x!.shape.length, attrs.dim);
  const strides = stridesOf(x!.shape);
  const axes = mergeAxes(index!.shape, [without(strides, dim), stridesOf(src!.shape)]);
  const { rows, n, steps, table } = layRows(ctx, axes, [4, 4]);
  const args = [
    n,
    y.buffer,
    steps[0]!,
    x!.shape[dim]!,
    4 * strides[dim]!,
    index!.buffer,
    src!.buffer,
    steps[1]!,
    table,
  ];
  ctx.exports.scatterAdd!(0, rows, ...args);
});

const indexSelect = wasmKernel<{ dim: number }>(core.indexSelect, 'any', (ctx, [x, index], y, { dim }) => {
  const { outer, n, inner } = around(x!, 'index_select', dim);
  const count = index!.size;
  const args = [count, n, inner, x!.buffer, index!.buffer, y.buffer, nothing(x!.dtype)];
  ctx.parallel('indexSelect', outer * count, rowGrain(inner, GRAIN), ...args);
});

export const gatherKernels = [gather, scatterAdd, indexSelect];
