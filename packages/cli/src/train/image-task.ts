import { crossEntropy, type ModelCard, type Tensor, type Zoo } from '@paperzoo/core';
import { adamw, adaptiveClip, DataLoader, type Module } from '@paperzoo/nn';
import { asClassifier } from '../commands/image-model';
import { imageBatches, type ImageBatch } from './image-batch';
import { readImages } from './image-data';
import { measureImages } from './measure-images';
import type { TaskOptions, TrainingTask } from './training-task';

/** Images that are looked at between two checkpoints; all of them are at the end. */
const GLANCE = 1000;
const SMOOTHING = 0.1;

/** A classifier that learns images from fresh weights, with the recipe of EfficientViT's paper at the size of a laptop. */
export async function imageTask(zoo: Zoo, card: ModelCard, options: TaskOptions): Promise<TrainingTask<ImageBatch>> {
  const { batch: batchSize, seed, imgSize: size } = options;
  const { side, classes, train, test } = await readImages(options.data);
  const fresh = {
    weights: false,
    train: true,
    numClasses: classes,
    imgSize: size,
    seed,
    signal: options.signal,
  } as const;
  const model = asClassifier(await zoo.load(card.name, fresh));
  const { module } = model as unknown as { module: Module };
  const logits = ({ pixels, shape }: ImageBatch): Tensor => module(zoo.tensor(pixels, { shape }));
  const count = test.labels.length;

  return {
    model,
    module,
    data: new DataLoader({
      size: train.labels.length,
      batchSize,
      seed,
      collate: imageBatches(train, side, size),
    }),
    optimizer: adamw({
      weightDecay: 0.025,
      decays: (name, shape) => shape.length >= 2 && !name.endsWith('attention_biases'),
    }),
    clip: adaptiveClip(0.02),
    peak: 2e-3,
    floor: 0.01,
    loss: (given) => crossEntropy(logits(given), zoo.tensor(given.labels), { labelSmoothing: SMOOTHING }),
    evaluate: (last) =>
      measureImages({
        ...{ zoo, logits, count, batchSize, take: imageBatches(test, side, size) },
        // Every n-th one, because they are stored class by class.
        stride: last ? 1 : Math.max(1, Math.floor(count / GLANCE)),
      }),
  };
}
