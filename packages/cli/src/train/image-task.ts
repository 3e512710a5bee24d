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
const MOST_SHIFT = 2;

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
      const draws = random?.uniform(3 * places.length);
      const images = Array.from(places, (place, i) =>
        rgb(pixels, place, side, draws ? variation(draws.subarray(3 * i, 3 * i + 3)) : AS_IT_IS),
      );
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
    floor: 0.01,
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

/** How a training image differs from the stored one. */
interface Variation {
  readonly mirrored: boolean;
  /** Pixels to the right and down. */
  readonly shift: readonly [number, number];
}

const AS_IT_IS: Variation = { mirrored: false, shift: [0, 0] };

/** Mirrored or not, and moved by up to two pixels either way, from three numbers in [0, 1). */
function variation(draws: ArrayLike<number>): Variation {
  const move = (draw: number) => Math.floor(draw * (2 * MOST_SHIFT + 1)) - MOST_SHIFT;
  return { mirrored: draws[0]! < 0.5, shift: [move(draws[1]!), move(draws[2]!)] };
}

/** A grey image as an RGB one; what a shift uncovers is black. */
function rgb(pixels: Uint8Array, place: number, side: number, { mirrored, shift: [right, down] }: Variation): RgbImage {
  const data = new Uint8Array(side * side * 3);
  for (let y = Math.max(0, down); y < Math.min(side, side + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(side, side + right); x++) {
      const from = mirrored ? side - 1 - (x - right) : x - right;
      const value = pixels[(place * side + y - down) * side + from]!;
      data.fill(value, (y * side + x) * 3, (y * side + x) * 3 + 3);
    }
  }
  return { width: side, height: side, data };
}
