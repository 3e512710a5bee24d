import { linear, type Tensor } from '@paperzoo/core';
import { named } from '@paperzoo/nn';
import type { ConvMlp } from './blocks/conv-mlp';
import type { Downsample } from './blocks/downsample';
import type { ConvNorm } from './blocks/conv-norm';
import type { PatchEmbed } from './blocks/patch-embed';
import type { PatchMerging } from './blocks/patch-merging';
import type { Residual } from './blocks/residual';
import type { SqueezeExcite } from './blocks/squeeze-excite';
import type { EfficientViTStage } from './blocks/stage';
import { fuseAttention } from './fused-attention';
import { fuseConvNorm } from './fused-conv';
import type { FusedWeights } from './fused-weights';

/** A step on channels-last maps; it frees everything but its result. */
export type Layer = (x: Tensor) => Tensor;

/** Runs layers one after the other, so that at most two maps are alive between them; `x` stays the caller's. */
export function chain(layers: readonly Layer[], x: Tensor): Tensor {
  let y = x;
  for (const layer of layers) {
    const next = layer(y);
    if (y !== x) y.dispose();
    y = next;
  }
  return y;
}

const labelled =
  (name: string, layer: Layer): Layer =>
  (x) =>
    named(x.zoo, name, () => layer(x));

/** The stem as four convolutions. */
export async function fusePatchEmbed(weights: FusedWeights, module: PatchEmbed): Promise<Layer[]> {
  const relu = { activation: 'relu' } as const;
  return [
    labelled('conv1', await fuseConvNorm(weights, module.conv1, relu)),
    labelled('conv2', await fuseConvNorm(weights, module.conv2, relu)),
    labelled('conv3', await fuseConvNorm(weights, module.conv3, relu)),
    labelled('conv4', await fuseConvNorm(weights, module.conv4)),
  ];
}

/** One stage, with its downsampling, as a list of layers. */
export async function fuseStage(weights: FusedWeights, stage: EfficientViTStage): Promise<Layer[]> {
  const layers = stage.downsample ? await fuseDownsample(weights, stage.downsample) : [];
  for (const [i, block] of stage.blocks.entries()) {
    const name = `blocks.${i}`;
    layers.push(
      labelled(`${name}.dw0`, await fuseTokenInteraction(weights, block.dw0)),
      labelled(`${name}.ffn0`, await fuseFeedForward(weights, block.ffn0)),
      labelled(`${name}.mixer`, await fuseAttention(weights, block.mixer.m.attn)),
      labelled(`${name}.dw1`, await fuseTokenInteraction(weights, block.dw1)),
      labelled(`${name}.ffn1`, await fuseFeedForward(weights, block.ffn1)),
    );
  }
  return layers;
}

async function fuseDownsample(weights: FusedWeights, { res1, patchmerge, res2 }: Downsample): Promise<Layer[]> {
  const sides = async (name: string, [dw, ffn]: readonly unknown[]) => [
    labelled(`${name}.0`, await fuseTokenInteraction(weights, dw as Residual<ConvNorm>)),
    labelled(`${name}.1`, await fuseFeedForward(weights, ffn as Residual<ConvMlp>)),
  ];
  return [
    ...(await sides('downsample.res1', res1.steps)),
    labelled('downsample.patchmerge', await fusePatchMerging(weights, patchmerge)),
    ...(await sides('downsample.res2', res2.steps)),
  ];
}

/** x + depthwise(x) is a depthwise convolution itself. */
const fuseTokenInteraction = async (weights: FusedWeights, { m }: Residual<ConvNorm>): Promise<Layer> =>
  fuseConvNorm(weights, m, { identity: true });

async function fuseFeedForward(weights: FusedWeights, { m }: Residual<ConvMlp>): Promise<Layer> {
  const widen = await fuseConvNorm(weights, m.pw1, { activation: 'relu' });
  const narrow = await fuseConvNorm(weights, m.pw2);
  return (x) => x.zoo.scope(() => narrow(widen(x), { residual: x }));
}

async function fusePatchMerging(weights: FusedWeights, module: PatchMerging): Promise<Layer> {
  const widen = await fuseConvNorm(weights, module.conv1, { activation: 'relu' });
  const halve = await fuseConvNorm(weights, module.conv2, { activation: 'relu' });
  const gateOf = await fuseGate(weights, module.se);
  const narrow = await fuseConvNorm(weights, module.conv3);
  return (x) =>
    x.zoo.scope(() => {
      const spread = chain([widen, halve], x);
      return narrow(spread, { gate: gateOf(spread) });
    });
}

/** Squeeze and excite up to the gate [B, C]; the next convolution multiplies it in while reading. */
async function fuseGate(weights: FusedWeights, { fc1, fc2 }: SqueezeExcite): Promise<Layer> {
  const upload = async ({ weight, bias }: SqueezeExcite['fc1']) =>
    [
      weights.put((await weight.host()).toF32(), weight.shape.slice(0, 2)),
      weights.put((await bias!.host()).toF32(), bias!.shape),
    ] as const;
  const [w1, b1] = await upload(fc1);
  const [w2, b2] = await upload(fc2);
  return (map) => linear(linear(map.mean([1, 2]), w1, b1, { activation: 'relu' }), w2, b2, { activation: 'sigmoid' });
}
