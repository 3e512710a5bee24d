import { ModelError, throwIfAborted, type LoadOptions, type ModelCard, type Zoo } from '@paperzoo/core';
import type { PreprocessOptions } from '@paperzoo/hub';
import type { HostTensor } from '@paperzoo/nn';
import { EfficientViT } from '../models/efficientvit';
import { checkConfig, type EfficientViTConfig } from '../models/efficientvit-config';
import { timmKeys } from '../models/efficientvit-keys';
import { efficientvitVariants, type EfficientViTVariant } from '../models/efficientvit-variants';
import { fuseEfficientViT } from '../models/fused';
import { checkValues } from './check-values';
import { loadEfficientViTState } from './efficientvit-state';
import { fetchWeights } from './fetch-weights';
import { ImageModel } from './image-model';
import { classLabels } from './labels';
import { checkOptions } from './options';

/** Options of `zoo.load` for EfficientViT, beside those of every model. */
export interface EfficientViTOptions extends LoadOptions {
  /** Default: the checkpoint's. Another number than the checkpoint's gives a fresh classifier; 0 leaves it out. */
  readonly numClasses?: number;
  /**
   * Side of the square input, a multiple of 16; default 224. Null takes maps of any size, with full windows in every stage, as the paper's
   * detectors do; the published tables then need `resizeBias`.
   */
  readonly imgSize?: number | null;
  /** Channels of the input; default 3. */
  readonly inChans?: number;
  /** `''`, with numClasses 0, makes `forward` return the last map. */
  readonly globalPool?: 'avg' | '';
  /** Leave the classifier out; `features` gives the three maps. */
  readonly featuresOnly?: boolean;
  /** Keep Cream's second classifier: `forward` returns the mean of both. Default false. */
  readonly distillation?: boolean;
  /** Compute with the module that can be trained, instead of the faster inference graph. Default false. */
  readonly train?: boolean;
  /** Interpolate bias tables that were made for windows of another size. Default false. */
  readonly resizeBias?: boolean;
  /** Seed of fresh weights; default 0. */
  readonly seed?: number;
  /** Names of the classes, as many as there are. */
  readonly labels?: readonly string[];
}

/** A loaded EfficientViT. */
export type EfficientViTModel = ImageModel<EfficientViT>;

const KNOWN = [
  'numClasses', 'imgSize', 'inChans', 'globalPool', 'featuresOnly', 'distillation', 'train', 'resizeBias', 'seed', 'labels',
] as const; // prettier-ignore

/** What a card's `load` does; see `EfficientViTOptions`. */
export async function loadEfficientViT(
  zoo: Zoo,
  card: ModelCard,
  options: EfficientViTOptions,
): Promise<EfficientViTModel> {
  const { name } = card;
  checkOptions(name, options, KNOWN);
  refuseNamesake(name, options.weights);
  const variant = efficientvitVariants[name.split('.')[0] as EfficientViTVariant];
  // What can be refused without the file is, before anything is fetched.
  checkConfig(configure(variant, options, undefined));
  const checkpoint = await fetchWeights(card, options);
  throwIfAborted(options.signal, `Loading ${name}`);
  const state = checkpoint && timmKeys(checkpoint, { distillation: options.distillation ?? false });
  const config = configure(variant, options, state);
  const module = new EfficientViT(config);
  if (state) {
    await fitHeads(module, state, options.seed ?? 0);
    loadEfficientViTState(module, state, { model: name, resizeBias: options.resizeBias });
    checkValues(name, await module.stateDict());
  } else module.initialize({ seed: options.seed ?? 0 });
  const { mean, std, cropPct, interpolation } = card.config as PreprocessOptions;
  const labels = classLabels(name, config.numClasses, options.labels);
  const graph = options.train ? module : await fuseEfficientViT(zoo, module);
  return new ImageModel({
    name,
    zoo,
    module: options.train ? module.train() : module,
    graph,
    config: { ...card.config, ...config, ...(options.labels && { labels: options.labels }) },
    preprocessing: { size: config.imgSize ?? 224, mean, std, cropPct, interpolation },
    numClasses: config.numClasses,
    labels,
  });
}

function configure(
  variant: EfficientViTConfig,
  options: EfficientViTOptions,
  state: ReadonlyMap<string, HostTensor> | undefined,
): EfficientViTConfig {
  const { imgSize = variant.imgSize, inChans = variant.inChans, globalPool = 'avg', featuresOnly = false } = options;
  const stored = state?.get('head.linear.weight')?.shape[0] ?? (state ? 0 : variant.numClasses);
  const numClasses =
    featuresOnly || (globalPool === '' && options.numClasses === undefined) ? 0 : (options.numClasses ?? stored);
  return { ...variant, imgSize, inChans, numClasses, globalPool, distillation: options.distillation ?? false };
}

/** Takes classifiers that the model does not have out of the state, and puts fresh ones in where the class count differs (as timm). */
async function fitHeads(module: EfficientViT, state: Map<string, HostTensor>, seed: number): Promise<void> {
  for (const name of ['head', 'head_dist'] as const) {
    const head = module[name];
    if (!head) for (const key of [...state.keys()]) if (key.startsWith(`${name}.`)) state.delete(key);
    const rows = state.get(`${name}.linear.weight`)?.shape[0];
    if (!head || rows === undefined || rows === head.linear.weight.shape[0]) continue;
    head.linear.initialize({ seed });
    for (const [key, value] of await head.linear.stateDict()) state.set(`${name}.linear.${key}`, value);
  }
}

/** Names of the other EfficientViT, which must not be mistaken for this one. */
function refuseNamesake(model: string, weights: unknown): void {
  const match = typeof weights === 'string' ? /efficientvit_[bl]\d/i.exec(weights) : null;
  if (!match) return;
  throw new ModelError(
    `${model}: ${match[0]} is MIT's EfficientViT (arXiv 2205.14756), another network of the same name; this plugin has efficientvit_m0 to efficientvit_m5.`,
    { argument: 'weights', got: weights },
  );
}
