import * as core from '@paperzoo/core';
import { DTYPE_CODES } from './dtype-codes';
import { wasmKernel } from './kernels-module';
import { broadcastStrides, GRAIN, layRows, mergeAxes, rowGrain } from './layout';

const { eq, ne, lt, le, gt, ge, logicalAnd, logicalOr } = core;

/** In the order of the codes in assembly/compare.ts. */
const ops: readonly core.Op[] = [eq, ne, lt, le, gt, ge, logicalAnd, logicalOr];

const comparisons = ops.map((op, code) =>
  wasmKernel(op, 'any', (ctx, [a, b], y) => {
    const kind = DTYPE_CODES[a!.dtype];
    const { bytes } = core.DTYPES[a!.dtype];
    const { size } = y;
    const whole = (x: core.Arg) => x.size === size;
    if ((whole(a!) || a!.size === 1) && (whole(b!) || b!.size === 1)) {
      const [sa, sb] = [whole(a!) ? bytes : 0, whole(b!) ? bytes : 0];
      ctx.parallel('compareFlat', size, GRAIN, code, kind, a!.buffer, sa, b!.buffer, sb, y.buffer);
      return;
    }
    const axes = mergeAxes(y.shape, [broadcastStrides(a!.shape, y.shape), broadcastStrides(b!.shape, y.shape)]);
    const { rows, n, steps, table } = layRows(ctx, axes, [bytes, bytes]);
    const [sa, sb] = steps as [number, number];
    ctx.parallel('compareRows', rows, rowGrain(n), code, kind, n, a!.buffer, sa, b!.buffer, sb, y.buffer, table);
  }),
);

const not = wasmKernel(core.logicalNot, 'any', (ctx, [x], y) => {
  ctx.parallel('logicalNot', y.size, GRAIN, x!.buffer, y.buffer);
});

const where = wasmKernel(core.where, 'any', (ctx, [condition, a, b], y) => {
  const strides = [condition!, a!, b!].map((x) => broadcastStrides(x.shape, y.shape));
  const { rows, n, steps, table } = layRows(ctx, mergeAxes(y.shape, strides), [1, 4, 4]);
  const [sc, sa, sb] = steps as [number, number, number];
  const args = [n, condition!.buffer, sc, a!.buffer, sa, b!.buffer, sb, y.buffer, table];
  ctx.parallel('whereRows', rows, rowGrain(n), ...args);
});

export const compareKernels = [...comparisons, not, where];
