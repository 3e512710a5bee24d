import { linear, type Tensor, type Zoo } from '@paperzoo/core';
import type { Conv2d, Linear } from '@paperzoo/nn';
import { FusedClassifier } from '../fused-classifier';
import { fuseConvNorm, type FusedConv } from '../fused-conv';
import { chain, type Layer } from '../fused-stage';
import { FusedWeights } from '../fused-weights';
import { ConvNormAct, DepthwiseSeparable, type HardSqueezeExcite, type MobileNetBlock } from './blocks';
import type { MobileNetV3 } from './model';
import type { NormAct } from './norm-act';

/** The inference form of a MobileNetV3: norms folded, activations, gates and residuals inside the convolutions, channels last. */
export async function fuseMobileNetV3(zoo: Zoo, module: MobileNetV3): Promise<FusedClassifier> {
  const weights = new FusedWeights(zoo);
  try {
    const stem = await fuse(weights, module.conv_stem, module.bn1);
    const stages: Layer[][] = [];
    for (const { steps } of module.blocks) {
      const layers: Layer[] = [];
      for (const block of steps) layers.push(await fuseBlock(weights, block as MobileNetBlock));
      stages.push(layers);
    }
    const neck = await dense(weights, module.conv_head);
    const classifier = await dense(weights, module.classifier);
    const head = (pooled: Tensor) => linear(linear(pooled, ...neck, null, { activation: 'hardswish' }), ...classifier);
    return new FusedClassifier(weights, { stem, stages, head });
  } catch (error) {
    weights.dispose();
    throw error;
  }
}

const fuse = (weights: FusedWeights, conv: Conv2d, bn: NormAct): Promise<FusedConv> =>
  fuseConvNorm(weights, { conv, bn }, { activation: bn.activation });

async function fuseBlock(weights: FusedWeights, block: MobileNetBlock): Promise<Layer> {
  if (block instanceof ConvNormAct) return fuse(weights, block.conv, block.bn1);
  if (block instanceof DepthwiseSeparable) {
    const depthwise = await fuse(weights, block.conv_dw, block.bn1);
    const project = await fuse(weights, block.conv_pw, block.bn2);
    return (x) => x.zoo.scope(() => project(depthwise(x), block.skip ? { residual: x } : {}));
  }
  const expand = await fuse(weights, block.conv_pw, block.bn1);
  const depthwise = await fuse(weights, block.conv_dw, block.bn2);
  const gateOf = block.se && (await fuseGate(weights, block.se));
  const project = await fuse(weights, block.conv_pwl, block.bn3);
  return (x) =>
    x.zoo.scope(() => {
      const wide = chain([expand, depthwise], x);
      return project(wide, { ...(block.skip && { residual: x }), ...(gateOf && { gate: gateOf(wide) }) });
    });
}

/** The gate [B, C] of a map; the projection multiplies it in while it reads. */
async function fuseGate(weights: FusedWeights, { conv_reduce, conv_expand }: HardSqueezeExcite): Promise<Layer> {
  const [w1, b1] = await dense(weights, conv_reduce);
  const [w2, b2] = await dense(weights, conv_expand);
  return (map) =>
    linear(linear(map.mean([1, 2]), w1, b1, { activation: 'relu' }), w2, b2, { activation: 'hardsigmoid' });
}

/** Weight [O, I] and bias of a linear layer, or of a 1×1 convolution that works on vectors. */
async function dense(weights: FusedWeights, { weight, bias }: Conv2d | Linear): Promise<readonly [Tensor, Tensor]> {
  return [
    weights.put((await weight.host()).toF32(), weight.shape.slice(0, 2)),
    weights.put((await bias!.host()).toF32(), bias!.shape),
  ];
}
