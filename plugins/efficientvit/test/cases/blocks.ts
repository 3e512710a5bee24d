import { linear, toNchw, toNhwc, type Tensor } from '@paperzoo/core';
import { foldBnLinear, type Module } from '@paperzoo/nn';
import { biasIndex } from '../../src/models/blocks/bias-index';
import { EfficientViTBlock } from '../../src/models/blocks/block';
import { CascadedGroupAttention } from '../../src/models/blocks/cascaded-group-attention';
import { ConvMlp } from '../../src/models/blocks/conv-mlp';
import { ConvNorm } from '../../src/models/blocks/conv-norm';
import { LocalWindowAttention } from '../../src/models/blocks/local-window-attention';
import { NormLinear } from '../../src/models/blocks/norm-linear';
import { PatchEmbed } from '../../src/models/blocks/patch-embed';
import { PatchMerging } from '../../src/models/blocks/patch-merging';
import { Residual } from '../../src/models/blocks/residual';
import { SqueezeExcite } from '../../src/models/blocks/squeeze-excite';
import { EfficientViTStage } from '../../src/models/blocks/stage';
import { fuseAttention } from '../../src/models/fused-attention';
import { foldedConvNorm, fuseConvNorm, normValues } from '../../src/models/fused-conv';
import { chain, fusePatchEmbed, fuseStage, type Layer } from '../../src/models/fused-stage';
import { FusedWeights } from '../../src/models/fused-weights';
import { compare, type Check } from '../harness/check';
import type { Case } from '../harness/fixtures';
import type { Env, Runner } from '../harness/runner';
import { check, floats, input, moduleCase } from './modules';

type Hparams = Case['hparams'];
const number = (hparams: Hparams, key: string, fallback = 0) => Number(hparams[key] ?? fallback);

const convNorm = (h: Hparams) =>
  new ConvNorm(number(h, 'in_chs'), number(h, 'out_chs'), number(h, 'ks'), {
    stride: number(h, 'stride', 1),
    padding: number(h, 'pad'),
    dilation: number(h, 'dilation', 1),
    groups: number(h, 'groups', 1),
  });
const normLinear = (h: Hparams) =>
  new NormLinear(number(h, 'in_features'), number(h, 'out_features'), { bias: h.bias === true });
const heads = (h: Hparams) => ({
  keyDim: number(h, 'key_dim'),
  numHeads: number(h, 'num_heads'),
  kernels: h.kernels as number[],
});
const attention = (h: Hparams) =>
  new CascadedGroupAttention(number(h, 'dim'), { ...heads(h), resolution: number(h, 'resolution') });
const windows = (h: Hparams) => ({
  ...heads(h),
  resolution: number(h, 'resolution'),
  windowSize: number(h, 'window_resolution'),
});
const windowAttention = (h: Hparams) => new LocalWindowAttention(number(h, 'dim'), windows(h));
const stage = (h: Hparams) =>
  new EfficientViTStage({
    ...windows(h),
    resolution: number(h, 'out_resolution'),
    inChannels: number(h, 'in_dim'),
    outChannels: number(h, 'out_dim'),
    depth: number(h, 'depth'),
    downsample: (h.downsample as [string, number])[0] === 'subsample',
  });
const patchMerging = (h: Hparams) => new PatchMerging(number(h, 'dim'), number(h, 'out_dim'));
const feedForward = (h: Hparams) => new Residual(new ConvMlp(number(h, 'ed'), number(h, 'h')));
const squeezeExcite = (h: Hparams) => new SqueezeExcite(number(h, 'channels'));
const block = (h: Hparams) => new EfficientViTBlock(number(h, 'dim'), windows(h));

/** The module, and in eval mode its inference form, whose result must be the same; `adds` when that form adds its input. */
function withFused<M extends Module>(
  build: (hparams: Hparams) => M,
  fuse: (weights: FusedWeights, module: M) => Promise<readonly Layer[]>,
  { adds = false } = {},
): Runner {
  const plain = moduleCase(build);
  return async (env, entry) => {
    const checks = await plain(env, entry);
    if (entry.mode === 'train') return checks;
    const module = build(entry.hparams);
    module.loadStateDict(floats(env.fixtures.weights(entry)));
    const weights = new FusedWeights(env.zoo);
    const layers = await fuse(weights, module);
    const x = input(env, entry);
    const y = env.zoo.scope(() => toNchw(chain(layers, toNhwc(x))));
    const [values, before] = [await y.data(), await x.data()];
    const result = adds ? Array.from(values, (v, i) => v - before[i]!) : values;
    checks.push({ ...check(env.fixtures, entry, 'out', y.shape, result), output: 'out, fused' });
    for (const owner of [x, y, weights, module]) owner.dispose();
    return checks;
  };
}

const attentionCase = withFused(attention, async (w, m) => [await fuseAttention(w, m)], { adds: true });
const windowCase = withFused(windowAttention, async (w, m) => [await fuseAttention(w, m.attn)], { adds: true });
const stageCase = withFused(stage, fuseStage);

/** Weights and outputs of a layer before and after folding. */
async function folding(
  env: Env,
  entry: Case,
  module: Module,
  folded: { weight: Float64Array; bias: Float64Array },
  shape: readonly number[],
  fused: (x: Tensor) => Tensor,
): Promise<Check[]> {
  const x = input(env, entry);
  const [before, after] = env.zoo.scope(() => [module(x), fused(x)] as const);
  const checks = [
    check(env.fixtures, entry, 'fused_weight', shape, folded.weight),
    check(env.fixtures, entry, 'fused_bias', [folded.bias.length], folded.bias),
    check(env.fixtures, entry, 'out_unfused', before.shape, await before.data()),
    check(env.fixtures, entry, 'out_fused', after.shape, await after.data()),
  ];
  for (const owner of [x, before, after, module]) owner.dispose();
  return checks;
}

const foldedConv: Runner = async (env, entry) => {
  const module = convNorm(entry.hparams);
  module.loadStateDict(floats(env.fixtures.weights(entry)));
  const weights = new FusedWeights(env.zoo);
  const fused = await fuseConvNorm(weights, module);
  const folded = await foldedConvNorm(module);
  const checks = await folding(env, entry, module, folded, module.conv.weight.shape, (x) => toNchw(fused(toNhwc(x))));
  weights.dispose();
  return checks;
};

const foldedHead: Runner = async (env, entry) => {
  const module = normLinear(entry.hparams);
  module.loadStateDict(floats(env.fixtures.weights(entry)));
  const { bn, linear: layer } = module;
  const [weight, bias] = [(await layer.weight.host()).toF32(), (await layer.bias?.host())?.toF32()];
  const folded = foldBnLinear(await normValues(bn), weight, bias);
  const weights = new FusedWeights(env.zoo);
  const [w, b] = [weights.put(folded.weight, layer.weight.shape), weights.put(folded.bias, [folded.bias.length])];
  const checks = await folding(env, entry, module, folded, layer.weight.shape, (x) => linear(x, w, b));
  weights.dispose();
  return checks;
};

/** The index of the bias table for pairs of tokens, for several window sides. */
const biasIndices: Runner = async ({ fixtures }, entry) =>
  Object.entries(entry.outputs).map(([output, expected]) =>
    compare(output, biasIndex(Number(output.slice(1))), fixtures.tensor(entry.file, expected.tensor).values, expected),
  );

const byPrefix: readonly (readonly [prefix: string, runner: Runner])[] = [
  ['convnorm_', moduleCase(convNorm)],
  ['normlinear_', moduleCase(normLinear)],
  ['fuse_normlinear', foldedHead],
  ['fuse_', foldedConv],
  ['se_', moduleCase(squeezeExcite)],
  ['ffn_residual_', moduleCase(feedForward)],
  ['patchmerge_', moduleCase(patchMerging)],
  ['cga_', attentionCase],
  ['lwa_', windowCase],
  ['block_', moduleCase(block)],
  ['stage_', stageCase],
  ['patch_embed_', withFused((h) => new PatchEmbed(number(h, 'in_chans'), number(h, 'dim')), fusePatchEmbed)],
  ['bias_idx', biasIndices],
];

/** The runner of a case of EfficientViT's building blocks. */
export const blockCase = (name: string): Runner | undefined =>
  byPrefix.find(([prefix]) => name.startsWith(prefix))?.[1];
