import { ModelError, throwIfAborted, type LoadOptions, type ModelCard, type Tensor, type Zoo } from '@paperzoo/core';
import type { PreprocessOptions } from '@paperzoo/hub';
import type { HostTensor, Linear, Module } from '@paperzoo/nn';
import { fuseMobileNetV3 } from '../models/mobilenetv3/fused';
import { MobileNetV3 } from '../models/mobilenetv3/model';
import { fuseMobileVit } from '../models/mobilevit/fused';
import { MobileVit } from '../models/mobilevit/model';
import { checkValues } from './check-values';
import { fetchWeights } from './fetch-weights';
import { ImageModel, type ImageGraph } from './image-model';
import { classLabels } from './labels';
import { checkOptions } from './options';

/** Options of `zoo.load` for the paper's baselines, beside those of every model. */
export interface BaselineOptions extends LoadOptions {
  /** Default: the checkpoint's. Another number than the checkpoint's gives a fresh classifier. */
  readonly numClasses?: number;
  /** Side to which images are resized and cropped; the networks take any size. */
  readonly imgSize?: number;
  /** Compute with the module that can be trained, instead of the faster inference graph. Default false. */
  readonly train?: boolean;
  /** Seed of fresh weights; default 0. */
  readonly seed?: number;
  /** Names of the classes, as many as there are. */
  readonly labels?: readonly string[];
}

type Baseline = (MobileNetV3 | MobileVit) &
  Module & { forwardIntermediates(x: Tensor, at?: readonly number[]): Tensor[] };

/** A loaded baseline. */
export type BaselineModel = ImageModel<MobileNetV3 | MobileVit>;

interface Family {
  readonly classifier: string;
  build(numClasses: number): Baseline;
  fuse(zoo: Zoo, module: Baseline): Promise<ImageGraph>;
}

const families: Readonly<Record<string, Family>> = {
  mobilenetv3_large_100: {
    classifier: 'classifier',
    build: (numClasses) => new MobileNetV3({ numClasses }),
    fuse: (zoo, module) => fuseMobileNetV3(zoo, module as MobileNetV3),
  },
  mobilevit_xxs: {
    classifier: 'head.fc',
    build: (numClasses) => new MobileVit({ numClasses }),
    fuse: (zoo, module) => fuseMobileVit(zoo, module as MobileVit),
  },
};

const KNOWN = ['numClasses', 'imgSize', 'train', 'seed', 'labels'] as const;

/** What a baseline's card does to load; see `BaselineOptions`. */
export async function loadBaseline(zoo: Zoo, card: ModelCard, options: BaselineOptions): Promise<BaselineModel> {
  const { name } = card;
  checkOptions(name, options, KNOWN);
  for (const option of ['numClasses', 'imgSize'] as const) {
    const value = options[option];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new ModelError(`${name}: ${option} must be a positive integer, got ${value}.`, {
        argument: option,
        got: value,
      });
    }
  }
  const family = families[name.split('.')[0]!]!;
  const checkpoint = await fetchWeights(card, options);
  throwIfAborted(options.signal, `Loading ${name}`);
  const state = checkpoint && new Map<string, HostTensor>(checkpoint);
  const stored = state?.get(`${family.classifier}.weight`)?.shape[0];
  const numClasses = options.numClasses ?? stored ?? Number(card.config.numClasses);
  const module = family.build(numClasses);
  const seed = options.seed ?? 0;
  if (state) {
    if (stored !== numClasses) await freshClassifier(module, family.classifier, state, seed);
    module.loadStateDict(state, { model: name });
    checkValues(name, state);
  } else module.initialize({ seed });
  const { size, mean, std, cropPct, interpolation } = card.config as unknown as PreprocessOptions;
  return new ImageModel<MobileNetV3 | MobileVit>({
    name,
    zoo,
    module: options.train ? module.train() : module,
    graph: options.train ? module : await family.fuse(zoo, module),
    config: { ...card.config, numClasses, ...(options.imgSize && { size: options.imgSize }) },
    preprocessing: { size: options.imgSize ?? size, mean, std, cropPct, interpolation },
    numClasses,
    labels: classLabels(name, numClasses, options.labels),
  });
}

/** Replaces a classifier for another number of classes, as timm does. */
async function freshClassifier(
  module: Baseline,
  name: string,
  state: Map<string, HostTensor>,
  seed: number,
): Promise<void> {
  const classifier = [...module.namedModules()].find(([path]) => path === name)![1] as unknown as Linear;
  classifier.initialize({ seed });
  for (const [key, value] of await classifier.stateDict()) state.set(`${name}.${key}`, value);
}
