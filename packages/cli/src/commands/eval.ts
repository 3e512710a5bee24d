import type { Model, ModelCard, Zoo } from '@paperzoo/core';
import { CommandError } from '../command-error';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import { writeFacts } from '../terminal/facts';
import { imageBatches } from '../train/image-batch';
import { readImages } from '../train/image-data';
import { asLanguageModel } from '../train/language-model';
import { measureImages } from '../train/measure-images';
import { measureText, readParts } from '../train/text-windows';
import { makeZoo, type DeviceName } from '../zoo';
import { findCard } from './find-card';
import { asClassifier, IMAGE_TASK } from './image-model';
import { loadModel, weightsOf, weightsSource, type WeightOptions } from './load-model';
import { TEXT_TASK } from './text-model';

export interface EvalOptions extends CommonOptions, WeightOptions {
  readonly data: string;
  readonly device: DeviceName;
  readonly threads: number;
  readonly batch: number;
  readonly length: number;
}

/** `paperzoo eval`: a model's figures on the part of a data set that training leaves out. */
export async function evaluate(context: Context, name: string, options: EvalOptions): Promise<void> {
  const { terminal } = context;
  const { found } = await loadPlugins(context, options);
  const { card } = findCard(found, name);
  const measure = measures(card);
  const from = weightsOf(name, options);
  const zoo = await makeZoo(context, found, options);
  try {
    using model = await loadModel(context, zoo, card, from);
    const start = performance.now();
    const metrics = await measure(context, zoo, model, options);
    const seconds = (performance.now() - start) / 1000;
    const weights = from.weights ?? weightsSource(card);
    terminal.result({ model: card.name, weights, data: options.data, metrics, seconds }, () => {
      const said = Object.entries(metrics).map(([key, value]) => [key, value.toFixed(4)] as const);
      writeFacts(terminal, [['model', card.name], ['weights', weights], ['data', options.data], ...said]);
    });
  } finally {
    await zoo.dispose();
  }
}

type Measure = (
  context: Context,
  zoo: Zoo,
  model: Model,
  options: EvalOptions,
) => Promise<Readonly<Record<string, number>>>;

function measures(card: ModelCard): Measure {
  if (card.task === IMAGE_TASK) return images;
  if (card.task === TEXT_TASK) return text;
  throw new CommandError(`${card.name} (${card.task}) cannot be measured from the command line.`, {
    argument: 'name',
    expected: [IMAGE_TASK, TEXT_TASK],
    got: card.task,
  });
}

const images: Measure = async ({ signal }, zoo, loaded, { data, batch: batchSize }) => {
  const model = asClassifier(loaded);
  const { side, classes, test } = await readImages(data);
  const { numClasses, imgSize } = model.config;
  if (numClasses !== classes || typeof imgSize !== 'number') {
    throw new CommandError(`${model.name} tells ${String(numClasses)} classes apart, ${data} has ${classes}.`, {
      argument: 'name',
      expected: classes,
      got: numClasses,
      remedy: 'Give weights that were trained on it (--weights), with their --img-size.',
    });
  }
  const count = test.labels.length;
  return measureImages({
    ...{ zoo, count, batchSize, signal, take: imageBatches(test, side, imgSize) },
    logits: ({ pixels, shape }) => model.forward(zoo.tensor(pixels, { shape })),
  });
};

const text: Measure = async ({ signal }, zoo, loaded, { data, batch: batchSize, length }) => {
  const { module } = asLanguageModel(loaded);
  const { held } = await readParts(data, length);
  return measureText({ zoo, held, length, batchSize, signal, loss: (ids) => module.loss(ids, ids) });
};
