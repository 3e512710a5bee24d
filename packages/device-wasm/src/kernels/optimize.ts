import * as core from '@paperzoo/core';
import { wasmKernel, wasmKernelOfSeveral } from './kernels-module';
import { COSTLY_GRAIN, rowGrain } from './layout';

interface AdamwAttrs {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly step: number;
}

const adamw = wasmKernelOfSeveral<AdamwAttrs>(core.adamwStep, (ctx, ins, outs, attrs) => {
  const { lr, beta1, beta2, eps, weightDecay, step } = attrs;
  const correct = 1 / Math.sqrt(1 - beta2 ** step);
  const rate = lr / (1 - beta1 ** step);
  const numbers = [beta1, 1 - beta1, beta2, 1 - beta2, correct, eps, rate, 1 - lr * weightDecay];
  const at = [...ins, ...outs].map((x) => x!.buffer);
  ctx.parallel('adamw', outs[0]!.size, COSTLY_GRAIN, ...numbers, ...at);
});

const clip = wasmKernel<{ factor: number; eps: number }>(
  core.clipUnitNorm,
  ['f32'],
  (ctx, [grad, param], y, { factor, eps }) => {
    const units = y.shape.length > 1 ? y.shape[0]! : 1;
    const n = y.size / units;
    ctx.parallel('clipUnitNorm', units, rowGrain(n), n, factor, eps, grad!.buffer, param!.buffer, y.buffer);
  },
);

export const optimizeKernels = [adamw, clip];
