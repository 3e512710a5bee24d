import * as core from '@paperzoo/core';
import type { WasmContext } from '../context';
import { wasmKernel, type WasmArg } from './kernels-module';
import { COSTLY_GRAIN, rowGrain } from './layout';

interface LossAttrs {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  readonly reduction: 'mean' | 'sum' | 'none';
}

/** What a mean divides by: rows that count. */
function counted(ctx: WasmContext, target: WasmArg, { ignoreIndex, reduction }: LossAttrs): number {
  if (reduction !== 'mean') return 1;
  const words = ctx.i32.subarray(target.buffer / 4, target.buffer / 4 + target.size);
  return words.reduce((n, t) => n + Number(t !== ignoreIndex), 0);
}

const loss = wasmKernel<LossAttrs>(core.crossEntropy, 'any', (ctx, [x, target], y, attrs) => {
  const [rows, n] = x!.shape as [number, number];
  const { ignoreIndex, labelSmoothing, reduction } = attrs;
  const each = reduction === 'none' ? y.buffer : ctx.scratch(4 * rows);
  const grain = rowGrain(n, COSTLY_GRAIN);
  ctx.parallel('crossEntropy', rows, grain, n, ignoreIndex, labelSmoothing, x!.buffer, target!.buffer, each);
  if (each !== y.buffer) ctx.exports.reduceRows!(0, 1, 0, rows, counted(ctx, target!, attrs), each, y.buffer);
});

const grad = wasmKernel<LossAttrs>(core.crossEntropyGrad, 'any', (ctx, [x, target, dy], dx, attrs) => {
  const [rows, n] = x!.shape as [number, number];
  const { ignoreIndex, labelSmoothing, reduction } = attrs;
  const factor = 1 / counted(ctx, target!, attrs);
  const step = reduction === 'none' ? 4 : 0;
  const at = [x!.buffer, target!.buffer, dy!.buffer, step, dx.buffer];
  ctx.parallel('crossEntropyGrad', rows, rowGrain(n, COSTLY_GRAIN), n, ignoreIndex, labelSmoothing, factor, ...at);
});

export const crossEntropyKernels = [loss, grad];
