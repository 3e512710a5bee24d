import { attention, concat, conv2dNhwc, interpolate, layerNorm, linear, toNchw, toNhwc } from '@paperzoo/core';
import type { Tensor, Zoo } from '@paperzoo/core';
import type { LayerNorm, Linear, Parameter } from '@paperzoo/nn';
import { FusedClassifier } from '../fused-classifier';
import { fuseConvNorm, type FusedConv } from '../fused-conv';
import { chain, type Layer } from '../fused-stage';
import { FusedWeights } from '../fused-weights';
import { MobileVitBlock } from './block';
import type { Bottleneck, ConvBnAct } from './bottleneck';
import type { MobileVit, MobileVitStep } from './model';
import { foldPatches, unfoldPatches } from './patches';
import type { SelfAttention, TransformerLayer } from './transformer';

/** The inference form of a MobileViT: norms folded, activations and residuals inside the convolutions and linear layers, channels last. */
export async function fuseMobileVit(zoo: Zoo, module: MobileVit): Promise<FusedClassifier> {
  const weights = new FusedWeights(zoo);
  try {
    const stem = await fuse(weights, module.stem);
    const stages: Layer[][] = [];
    for (const { steps } of module.stages) {
      const layers: Layer[] = [];
      for (const step of steps) layers.push(await fuseStep(weights, step as MobileVitStep));
      stages.push(layers);
    }
    const tail = await fuse(weights, module.final_conv);
    const head = await dense(weights, module.head.fc);
    return new FusedClassifier(weights, { stem, stages, tail, head });
  } catch (error) {
    weights.dispose();
    throw error;
  }
}

const put = async (weights: FusedWeights, parameter: Parameter): Promise<Tensor> =>
  weights.put((await parameter.host()).toF32(), parameter.shape);

const fuse = (weights: FusedWeights, module: ConvBnAct): Promise<FusedConv> =>
  fuseConvNorm(weights, module, { activation: module.activation });

async function fuseStep(weights: FusedWeights, step: MobileVitStep): Promise<Layer> {
  return step instanceof MobileVitBlock ? fuseMobileVitBlock(weights, step) : fuseBottleneck(weights, step);
}

async function fuseBottleneck(weights: FusedWeights, block: Bottleneck): Promise<Layer> {
  const inner = [await fuse(weights, block.conv1_1x1), await fuse(weights, block.conv2_kxk)];
  const project = await fuse(weights, block.conv3_1x1);
  return (x) => x.zoo.scope(() => project(chain(inner, x), block.skip ? { residual: x } : {}));
}

/** A MobileViT block on channels-last maps. */
export async function fuseMobileVitBlock(weights: FusedWeights, block: MobileVitBlock): Promise<Layer> {
  const local = await fuse(weights, block.conv_kxk);
  const widen = await put(weights, block.conv_1x1.weight);
  const layers: Layer[] = [];
  for (const layer of block.transformer) layers.push(await fuseTransformerLayer(weights, layer));
  layers.push(await norm(weights, block.norm));
  const project = await fuse(weights, block.conv_proj);
  const join = await fuse(weights, block.conv_fusion);
  return (x) =>
    x.zoo.scope(() => {
      const [height, width] = x.shape.slice(1) as [number, number];
      const even = [height + (height % 2), width + (width % 2)] as const;
      const wide = conv2dNhwc(local(x), widen);
      const tokens = chain(layers, unfoldPatches(stretch(wide, even)));
      const mixed = project(stretch(foldPatches(tokens, even), [height, width]));
      return join(concat([x, mixed], { dim: 3 }));
    });
}

/** Bilinear resize of a channels-last map; maps of that size already pass through. */
function stretch(x: Tensor, size: readonly [number, number]): Tensor {
  if (x.shape[1] === size[0] && x.shape[2] === size[1]) return x;
  return toNhwc(interpolate(toNchw(x), { size, mode: 'bilinear' }));
}

async function fuseTransformerLayer(weights: FusedWeights, layer: TransformerLayer): Promise<Layer> {
  const norm1 = await norm(weights, layer.norm1);
  const mix = await fuseSelfAttention(weights, layer.attn);
  const norm2 = await norm(weights, layer.norm2);
  const widen = await dense(weights, layer.mlp.fc1, 'silu');
  const narrow = await dense(weights, layer.mlp.fc2);
  return (x) =>
    x.zoo.scope(() => {
      const y = mix(norm1(x), x);
      return narrow(widen(norm2(y)), y);
    });
}

/**
 * Queries, keys and values come from three matrices, so that no slice of a joint result is copied; the scale is folded into the queries', so
 * that nothing applies it afterwards.
 */
async function fuseSelfAttention(weights: FusedWeights, module: SelfAttention): Promise<Dense> {
  const { heads } = module;
  const [weight, bias] = [await module.qkv.weight.host(), await module.qkv.bias!.host()];
  const dim = weight.shape[1]!;
  const part = (i: number, scale = 1): Layer => {
    const cut = (values: Float32Array, size: number) =>
      Float64Array.from(values.subarray(i * size, (i + 1) * size), (value) => value * scale);
    const w = weights.put(cut(weight.toF32(), dim * dim), [dim, dim]);
    const b = weights.put(cut(bias.toF32(), dim), [dim]);
    return (x) => byHead(linear(x, w, b), heads);
  };
  const [query, key, value] = [part(0, (dim / heads) ** -0.5), part(1), part(2)];
  const project = await dense(weights, module.proj);
  return (x, residual) => {
    const mixed = attention(query(x), key(x), value(x), { scale: 1 });
    return project(mixed.permute([0, 2, 1, 3]).reshape(x.shape), residual);
  };
}

/** [S, N, D] → [S, heads, N, D / heads]. */
function byHead(x: Tensor, heads: number): Tensor {
  const [sequences, length, dim] = x.shape as readonly [number, number, number];
  return x.reshape([sequences, length, heads, dim / heads]).permute([0, 2, 1, 3]);
}

async function norm(weights: FusedWeights, { weight, bias, normalizedShape, eps }: LayerNorm): Promise<Layer> {
  const [w, b] = [await put(weights, weight), await put(weights, bias)];
  return (x) => layerNorm(x, w, b, { normalizedShape, eps });
}

/** A linear layer with its activation, or with a residual. */
type Dense = (x: Tensor, residual?: Tensor) => Tensor;

async function dense(
  weights: FusedWeights,
  { weight, bias }: Linear,
  activation: 'none' | 'silu' = 'none',
): Promise<Dense> {
  const [w, b] = [await put(weights, weight), await put(weights, bias!)];
  return (x, residual) => linear(x, w, b, residual, { activation });
}
