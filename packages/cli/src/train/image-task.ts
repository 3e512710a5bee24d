import { crossEntropy, type ModelCard, type Tensor, type Zoo } from '@paperzoo/core';
import { preprocessImage, type RgbImage } from '@paperzoo/hub';
import { adamw, adaptiveClip, DataLoader, type Module, type Philox } from '@paperzoo/nn';
import { asClassifier } from '../commands/image-model';
import { readImages, type LabelledImages } from './image-data';
import type { TaskOptions, TrainingTask } from './training-task';

interface ImageBatch {
  readonly pixels: Float32Array;
  readonly shape: readonly number[];
  readonly labels: Int32Array;
}

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

  const collate =
    ({ pixels, labels }: LabelledImages) =>
    (places: Uint32Array, random?: Philox): ImageBatch => {
      const flips = random?.uniform(places.length);
      const images = Array.from(places, (place, i) => rgb(pixels, place, side, (flips?.[i] ?? 1) < 0.5));
      const { data, shape } = preprocessImage(images, { size, cropPct: 1 });
      return { pixels: data, shape, labels: Int32Array.from(places, (place) => labels[place]!) };
    };
  const logits = ({ pixels, shape }: ImageBatch): Tensor => module(zoo.tensor(pixels, { shape }));

  return {
    model,
    module,
    data: new DataLoader({ size: train.labels.length, batchSize, seed, collate: collate(train) }),
    optimizer: adamw({
      weightDecay: 0.025,
      decays: (name, shape) => shape.length >= 2 && !name.endsWith('attention_biases'),
    }),
    clip: adaptiveClip(0.02),
    peak: 2e-3,
    loss: (given) => crossEntropy(logits(given), zoo.tensor(given.labels), { labelSmoothing: SMOOTHING }),
    async evaluate(last) {
      const count = test.labels.length;
      // Every n-th one, because they are stored class by class.
      const stride = last ? 1 : Math.max(1, Math.floor(count / GLANCE));
      const places = Uint32Array.from({ length: Math.ceil(count / stride) }, (_, i) => i * stride);
      const take = collate(test);
      let [right, loss] = [0, 0];
      for (let at = 0; at < places.length; at += batchSize) {
        const given = take(places.subarray(at, at + batchSize));
        const [sum, found] = zoo.scope(() => {
          const y = logits(given);
          return [crossEntropy(y, zoo.tensor(given.labels), { reduction: 'sum' }), y.argmax(1)] as const;
        });
        const guesses = await found.data();
        loss += await sum.item();
        right += given.labels.reduce((n, label, i) => n + Number(label === guesses[i]), 0);
        for (const t of [sum, found]) t.dispose();
      }
      return { loss: loss / places.length, accuracy: right / places.length };
    },
  };
}

/** A grey image as an RGB one, mirrored if asked for. */
function rgb(pixels: Uint8Array, place: number, side: number, mirrored: boolean): RgbImage {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = pixels[(place * side + y) * side + (mirrored ? side - 1 - x : x)]!;
      data.fill(value, (y * side + x) * 3, (y * side + x) * 3 + 3);
    }
  }
  return { width: side, height: side, data };
}
