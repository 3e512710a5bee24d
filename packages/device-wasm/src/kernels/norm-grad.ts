import * as core from '@paperzoo/core';
import type { WasmContext } from '../context';
import { wasmKernelOfSeveral, type WasmArg } from './kernels-module';
import { COSTLY_GRAIN, rowGrain } from './layout';

/** Rows of one index of the module's `rowNormGrad`. */
const BLOCK = 32;

/** Gradients of rows of `n`; the sums over rows are joined from those of blocks, in an order that the shape fixes. */
function rowNormGrad(
  ctx: WasmContext,
  [x, dy, weight]: readonly (WasmArg | undefined)[],
  [dx, ...sums]: readonly WasmArg[],
  n: number,
  eps: number,
): void {
  const rows = dx!.size / n;
  const blocks = Math.ceil(rows / BLOCK);
  const step = 4 * Math.ceil(n / 4);
  const [dw, db = 0] = sums.map(() => ctx.scratch(4 * blocks * step));
  const at = [x!.buffer, dy!.buffer, weight?.buffer ?? 0, dx!.buffer, dw!, db];
  ctx.parallel('rowNormGrad', blocks, rowGrain(BLOCK * n, COSTLY_GRAIN), rows, n, sums.length - 1, eps, ...at);
  const total = ctx.scratch(4 * step);
  sums.forEach((sum, i) => {
    ctx.parallel(
      'reduceColumns',
      Math.ceil(step / 16),
      rowGrain(16 * blocks),
      0,
      blocks,
      step,
      1,
      [dw!, db][i]!,
      total,
    );
    ctx.exports.copyRows!(0, 1, 4 * n, total, 0, sum.buffer, 0);
  });
}

/** Root mean square norms have one sum, layer norms two: the outputs tell them apart. */
export const normGradKernels = [core.rmsNormGrad, core.layerNormGrad].map((op: core.Op) =>
  wasmKernelOfSeveral<{ eps: number }>(op, (ctx, ins, outs, { eps }) =>
    rowNormGrad(ctx, ins, outs, outs[1]!.size, eps),
  ),
);
