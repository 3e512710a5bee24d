import * as core from '@paperzoo/core';
import { wasmKernel, type WasmArg } from './kernels-module';
import { rowGrain } from './layout';

const orNull = (x: WasmArg | undefined): number => x?.buffer ?? 0;

const layerNorm = wasmKernel<{ normalizedShape: readonly number[]; eps: number }>(
  core.layerNorm,
  ['f32'],
  (ctx, [x, weight, bias], y, { normalizedShape, eps }) => {
    const n = normalizedShape.reduce((a, b) => a * b, 1);
    ctx.parallel('layerNorm', y.size / n, rowGrain(n), n, eps, x!.buffer, orNull(weight), orNull(bias), y.buffer);
  },
);

const rmsNorm = wasmKernel<{ eps: number }>(core.rmsNorm, ['f32'], (ctx, [x, weight], y, { eps }) => {
  const n = x!.shape.at(-1)!;
  ctx.parallel('rmsNorm', y.size / n, rowGrain(n), n, eps, x!.buffer, orNull(weight), y.buffer);
});

const batchNorm = wasmKernel<{ eps: number }>(
  core.batchNorm,
  ['f32'],
  (ctx, [x, mean, variance, weight, bias], y, { eps }) => {
    const [batch, channels] = x!.shape as [number, number];
    const inner = y.size / (batch * channels);
    const statistics = [mean!.buffer, variance!.buffer, orNull(weight), orNull(bias)];
    ctx.parallel(
      'batchNorm',
      batch * channels,
      rowGrain(inner),
      channels,
      inner,
      eps,
      x!.buffer,
      ...statistics,
      y.buffer,
    );
  },
);

export const normKernels = [layerNorm, rmsNorm, batchNorm];
