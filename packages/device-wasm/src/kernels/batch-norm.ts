import * as core from '@paperzoo/core';
import { COSTLY_GRAIN, rowGrain } from './layout';
import { wasmKernelOfSeveral, type WasmArg } from './kernels-module';

const orNull = (x: WasmArg | undefined): number => x?.buffer ?? 0;

/** Sizes of a map [batch, channels, inner] and the channels that repay a hand-over. */
function sizesOf(x: WasmArg) {
  const [batch, channels] = x.shape as [number, number];
  const inner = x.size / (batch * channels);
  return { channels, sizes: [batch, channels, inner], grain: rowGrain(batch * inner, COSTLY_GRAIN) };
}

const train = wasmKernelOfSeveral<{ eps: number }>(core.batchNormTrain, (ctx, ins, outs, { eps }) => {
  const [x, weight, bias] = ins as [WasmArg, WasmArg?, WasmArg?];
  if (x.size === 0) return;
  const { channels, sizes, grain } = sizesOf(x);
  const to = outs.map((out) => out.buffer);
  ctx.parallel('batchNormTrain', channels, grain, ...sizes, eps, x.buffer, orNull(weight), orNull(bias), ...to);
});

const grad = wasmKernelOfSeveral<{ eps: number }>(core.batchNormTrainGrad, (ctx, ins, outs, { eps }) => {
  const [x] = ins as [WasmArg];
  if (x.size === 0) return;
  const { channels, sizes, grain } = sizesOf(x);
  const from = ins.map(orNull);
  const to = outs.map((out) => out.buffer);
  ctx.parallel('batchNormTrainGrad', channels, grain, ...sizes, eps, ...from, ...to);
});

export const batchNormKernels = [train, grad];
