import * as core from '@paperzoo/core';
import { wasmKernel } from './kernels-module';
import { broadcastStrides, GRAIN, layRows, mergeAxes, rowGrain } from './layout';

const { add, sub, mul, div, pow, maximum, minimum } = core;

/** In the order of the codes in assembly/binary.ts. */
const ops: readonly core.Op[] = [add, sub, mul, div, pow, maximum, minimum];

export const binaryKernels = ops.map((op, code) =>
  wasmKernel(op, ['f32', 'i32'], (ctx, [a, b], y) => {
    const integer = a!.dtype === 'i32' ? 1 : 0;
    const { size } = y;
    const whole = (x: core.Arg) => x.size === size;
    // Same shapes and single numbers, the usual cases, need no table.
    if ((whole(a!) || a!.size === 1) && (whole(b!) || b!.size === 1)) {
      const [sa, sb] = [whole(a!) ? 4 : 0, whole(b!) ? 4 : 0];
      ctx.parallel('binaryFlat', size, GRAIN, code, integer, a!.buffer, sa, b!.buffer, sb, y.buffer);
      return;
    }
    const axes = mergeAxes(y.shape, [broadcastStrides(a!.shape, y.shape), broadcastStrides(b!.shape, y.shape)]);
    const { rows, n, steps, table } = layRows(ctx, axes, [4, 4]);
    const [sa, sb] = steps as [number, number];
    ctx.parallel('binaryRows', rows, rowGrain(n), code, integer, n, a!.buffer, sa, b!.buffer, sb, y.buffer, table);
  }),
);
