import type { Tensor } from '@paperzoo/core';
import { EfficientViTFPN } from '../../src/models/detection/fpn';
import { EfficientViT } from '../../src/models/efficientvit';
import type { EfficientViTConfig } from '../../src/models/efficientvit-config';
import { efficientvitVariants, type EfficientViTVariant } from '../../src/models/efficientvit-variants';
import { fuseEfficientViT } from '../../src/models/fused';
import { truth, type Check } from '../harness/check';
import type { Case } from '../harness/fixtures';
import type { Env, Runner } from '../harness/runner';
import { gradients } from './gradients';
import { check, floats, input, modelCase, type Fused } from './modules';

/** The configuration that a case's hyper-parameters describe. */
export function configOf(h: Case['hparams']): EfficientViTConfig {
  const variant = efficientvitVariants[(h.model ?? 'efficientvit_m0') as EfficientViTVariant];
  if (typeof h.model === 'string') return { ...variant, imgSize: Number(h.img_size ?? 224) };
  return {
    ...variant,
    imgSize: Number(h.img_size),
    numClasses: Number(h.num_classes ?? 0),
    embedDim: h.embed_dim as number[],
    keyDim: h.key_dim as number[],
    depth: h.depth as number[],
    numHeads: h.num_heads as number[],
    windowSize: h.window_size as number[],
    kernels: h.kernels as number[],
    distillation: h.distillation === true,
  };
}

const load = (env: Env, entry: Case, config = configOf(entry.hparams)): EfficientViT => {
  const module = new EfficientViT(config);
  module.loadStateDict(floats(env.fixtures.weights(entry)), { model: entry.name });
  return module;
};

const fuse = ({ zoo }: Env, module: EfficientViT): Promise<Fused> => fuseEfficientViT(zoo, module);

/** Stage maps of the inference form, then everything that `modelCase` compares. */
const published: Runner = async (env, entry) => {
  const plain = modelCase((h) => new EfficientViT(configOf(h)), fuse, {
    global_pool: ({ inner }) => inner.get('stages.2')!.mean([2, 3]),
  });
  // On the reference device the inference form runs composed, slowly; its logits, which `plain` compares, suffice there.
  const maps = env.zoo.device.name === 'cpu' ? [] : await fusedMaps(env, entry, (i) => `stages.${i}`);
  return [...maps, ...(await plain(env, entry))];
};

/** The inference form's stage maps under the case's names. */
async function fusedMaps(env: Env, entry: Case, name: (stage: number) => string, config?: EfficientViTConfig) {
  const module = load(env, entry, config);
  const fused = await fuseEfficientViT(env.zoo, module);
  const x = input(env, entry);
  const maps = fused.forwardIntermediates(x);
  const checks: Check[] = [];
  for (const [i, map] of maps.entries()) {
    const result = check(env.fixtures, entry, name(i), map.shape, await map.data());
    checks.push({ ...result, output: `${name(i)}, fused` });
  }
  for (const owner of [...maps, x, fused, module]) owner.dispose();
  return checks;
}

/** Runs functions of `x` and compares each with the output of its name. */
async function compareAll(env: Env, entry: Case, functions: Readonly<Record<string, (x: Tensor) => Tensor>>) {
  const x = input(env, entry);
  const checks: Check[] = [];
  for (const [output, fn] of Object.entries(functions)) {
    const y = env.zoo.scope(() => fn(x));
    checks.push(check(env.fixtures, entry, output, y.shape, await y.data()));
    y.dispose();
  }
  x.dispose();
  return checks;
}

const tiny: Runner = async (env, entry) => {
  const module = load(env, entry);
  const fused = await fuseEfficientViT(env.zoo, module);
  const forward = (x: Tensor) => module(x);
  const checks = await compareAll(env, entry, {
    logits_cream: forward,
    logits_timm: forward,
    logits_fused: (x) => fused.forward(x),
  });
  const params = [...module.namedParameters().values()].reduce((sum, parameter) => sum + parameter.size, 0);
  checks.push(truth('params', params === entry.params, `${params} instead of ${entry.params}`));
  fused.dispose();
  module.dispose();
  return checks;
};

const distilled: Runner = async (env, entry) => {
  const module = load(env, entry);
  const fused = await fuseEfficientViT(env.zoo, module);
  const checks = [
    ...(await compareAll(env, entry, { logits_eval_mean: (x) => module(x) })),
    ...(await compareAll(env, entry, { logits_eval_mean: (x) => fused.forward(x) })),
  ];
  fused.dispose();
  module.dispose();
  return checks;
};

const detection: Runner = async (env, entry) => {
  const config = { ...configOf(entry.hparams), imgSize: null };
  const module = load(env, entry, config);
  const at = (i: number) => (x: Tensor) => module.forwardIntermediates(x, [i])[0]!;
  const checks = await compareAll(env, entry, { stage0: at(0), stage1: at(1), stage2: at(2) });
  module.dispose();
  return [...checks, ...(await fusedMaps(env, entry, (i) => `stage${i}`, config))];
};

const pyramid: Runner = async (env, entry) => {
  const h = entry.hparams;
  const module = new EfficientViTFPN({
    inChannels: h.in_channels as number[],
    outChannels: Number(h.out_channels),
    numOuts: Number(h.num_outs),
    numExtraTransConvs: Number(h.num_extra_trans_convs),
  });
  module.loadStateDict(floats(env.fixtures.weights(entry)), { model: entry.name });
  const maps = Object.keys(entry.inputs).map((name) => input(env, entry, name));
  const outs = env.zoo.scope(() => module(maps));
  const checks: Check[] = [];
  for (const [i, out] of outs.entries()) {
    checks.push(check(env.fixtures, entry, `out${i}`, out.shape, await out.data()));
  }
  const inputs = Object.fromEntries(Object.keys(entry.inputs).map((name, i) => [name, maps[i]!]));
  checks.push(...(await gradients(env, entry, module, inputs, () => module(maps))));
  for (const owner of [...maps, ...outs, module]) owner.dispose();
  return checks;
};

/** Cases of whole EfficientViTs and of detection. */
export const modelCases: Readonly<Record<string, Runner>> = {
  m0_224: published,
  m0_256: published,
  m1_192: published,
  m1_224: published,
  m2_224: published,
  m4_224: published,
  tiny_cream: tiny,
  tiny_cream_distill: distilled,
  downstream_352x480: detection,
  fpn_retina: pyramid,
  fpn_mask: pyramid,
};
