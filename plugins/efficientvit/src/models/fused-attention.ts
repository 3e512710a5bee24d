import type { Tensor } from '@paperzoo/core';
import { cascadedGroupAttention } from '../ops/cascadedGroupAttention';
import { biasIndex } from './blocks/bias-index';
import type { CascadedGroupAttention } from './blocks/cascaded-group-attention';
import type { ConvNorm } from './blocks/conv-norm';
import { foldedConvNorm, fuseConvNorm } from './fused-conv';
import type { FusedWeights } from './fused-weights';

/** Attention in windows, the projection and the residual, on channels-last maps of any size: x → x + proj(cga(x)). */
export async function fuseAttention(
  weights: FusedWeights,
  module: CascadedGroupAttention,
): Promise<(x: Tensor) => Tensor> {
  const { numHeads: heads, keyDim, dim, kernels, resolution: window } = module;
  const width = dim / heads;
  const qkvs = await Promise.all(module.qkvs.map(foldedConvNorm));
  const queries = await Promise.all(module.dws.map((dw) => scaledQuery(dw, keyDim)));
  const table = (await module.attention_biases.host()).toF32();
  const operands = [
    weights.put(joined(qkvs.map((folded) => folded.weight)), [heads, 2 * keyDim + width, width]),
    weights.put(joined(qkvs.map((folded) => folded.bias)), [heads, 2 * keyDim + width]),
    weights.put(joined(queries.map((folded) => folded.weight)), [kernels.reduce((sum, k) => sum + k * k * keyDim, 0)]),
    weights.put(joined(queries.map((folded) => folded.bias)), [heads, keyDim]),
    weights.put(gathered(table, heads, window), [heads, window ** 2, window ** 2]),
  ] as const;
  const project = await fuseConvNorm(weights, module.proj.steps[1] as ConvNorm);
  return (x) =>
    x.zoo.scope(() => project(cascadedGroupAttention(x, ...operands, { window, keyDim, kernels }), { residual: x }));
}

/** The query's depthwise ConvNorm, folded, times d^-0.5, with taps outermost: [k, k, d]. */
async function scaledQuery(dw: ConvNorm, keyDim: number): Promise<{ weight: Float64Array; bias: Float64Array }> {
  const { weight, bias } = await foldedConvNorm(dw);
  const scale = keyDim ** -0.5;
  const taps = weight.length / keyDim;
  const channelsLast = new Float64Array(weight.length);
  for (let c = 0; c < keyDim; c++) {
    for (let t = 0; t < taps; t++) channelsLast[t * keyDim + c] = weight[c * taps + t]! * scale;
  }
  return { weight: channelsLast, bias: bias.map((b) => b * scale) };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The bias table [h, R²] spread over all pairs of tokens, [h, N, N]. */
function gathered(table: Float32Array, heads: number, window: number): Float32Array {
  const index = biasIndex(window);
  const columns = window * window;
  const spread = new Float32Array(heads * index.length);
  for (let h = 0, at = 0; h < heads; h++) {
    for (const column of index) spread[at++] = table[h * columns + column]!;
  }
  return spread;
}
