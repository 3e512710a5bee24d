import { conv2dNhwc, type Activation, type Tensor } from '@paperzoo/core';
import {
  foldConvBn,
  type BatchNorm1d,
  type BatchNorm2d,
  type Conv2d,
  type Folded,
  type NormValues,
} from '@paperzoo/nn';
import type { FusedWeights } from './fused-weights';

/** A norm's state in ordinary memory. */
export async function normValues(bn: BatchNorm2d | BatchNorm1d): Promise<NormValues> {
  const read = async (name: 'weight' | 'bias' | 'running_mean' | 'running_var') => (await bn[name].host()).toF32();
  return {
    weight: await read('weight'),
    bias: await read('bias'),
    running_mean: await read('running_mean'),
    running_var: await read('running_var'),
    eps: bn.eps,
  };
}

/** A convolution without bias and the norm behind it, such as a `ConvNorm`. */
export interface ConvAndNorm {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;
}

/** Both as one convolution with bias, in float64. */
export const foldedConvNorm = async ({ conv, bn }: ConvAndNorm): Promise<Folded> =>
  foldConvBn((await conv.weight.host()).toF32(), undefined, await normValues(bn));

export interface FusedConvOptions {
  readonly activation?: Activation;
  /** The depthwise convolution's input is added to its output: one more on the middle tap does the same. */
  readonly identity?: boolean;
}

/** A channels-last convolution with everything folded in. */
export type FusedConv = (x: Tensor, company?: { residual?: Tensor; gate?: Tensor }) => Tensor;

/** Folds a ConvNorm and uploads it. */
export async function fuseConvNorm(
  weights: FusedWeights,
  module: ConvAndNorm,
  { activation = 'none', identity = false }: FusedConvOptions = {},
): Promise<FusedConv> {
  const { shape } = module.conv.weight;
  const stored = await module.conv.weight.host();
  const norm = await normValues(module.bn);
  // Nothing may be awaited between here and the upload: the scratch memory is shared.
  const original = weights.values(stored);
  const { weight, bias } = foldConvBn(original, undefined, norm, weights.scratch(original.length));
  if (identity) {
    const taps = shape[2]! * shape[3]!;
    for (let middle = taps >> 1; middle < weight.length; middle += taps) weight[middle]! += 1;
  }
  const w = weights.put(weight, shape);
  const b = weights.put(bias, [shape[0]!]);
  const { stride, padding, groups } = module.conv.options;
  const attrs = { stride: [stride], padding: [padding], groups, activation };
  return (x, { residual, gate } = {}) => conv2dNhwc(x, w, b, residual, gate, attrs);
}
