// A run of a small network with everything that has state, for tests of the training loop.
import { crossEntropy, type Tensor, type Zoo } from '@paperzoo/core';
import {
  adamw,
  clipByGlobalNorm,
  cosineRate,
  DataLoader,
  MovingAverage,
  train,
  type TrainEvent,
  type TrainOptions,
} from '../../src/index';
import { Net } from '../layers';

export interface Batch {
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

const PIXELS = 3 * 4 * 4;
/** Two classes, told apart by the brightness; the noise is an augmentation that belongs to the step. */
export const data = (seed = 3) =>
  new DataLoader<Batch>({
    size: 37,
    batchSize: 8,
    seed,
    collate: (places, random) => {
      const noise = random.normal(places.length * PIXELS);
      const labels = Int32Array.from(places, (place) => place % 2);
      return { labels, pixels: noise.map((value, i) => labels[Math.floor(i / PIXELS)]! + 0.1 * value) };
    },
  });

/** Twelve steps of a fresh network, unless told otherwise. */
export function setUp(zoo: Zoo, more: Partial<TrainOptions<Batch>> = {}) {
  const model = new Net().initialize({ seed: 1 });
  const average = new MovingAverage(0.9);
  const loss = ({ pixels, labels }: Batch): Tensor =>
    crossEntropy(model(zoo.tensor(pixels, { shape: [labels.length, 3, 4, 4] })), zoo.tensor(labels));
  const options: TrainOptions<Batch> = {
    zoo,
    model,
    loss,
    average,
    data: data(),
    optimizer: adamw({ weightDecay: 0.05 }),
    schedule: cosineRate({ peak: 0.05, steps: 12 }),
    clip: clipByGlobalNorm(1),
    steps: 12,
    ...more,
  };
  const weights = async () => {
    const values = [...(await model.stateDict())].map(([key, t]) => [key, [...t.bytes]] as [string, number[]]);
    for (const [key, t] of Object.entries(average.values)) values.push([`average.${key}`, [...(await t.data())]]);
    return values;
  };
  const end = () => {
    model.dispose();
    average.dispose();
  };
  return { model, average, options, weights, end };
}

export async function collect(run: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

export const losses = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));

export const kinds = (events: readonly TrainEvent[]) => events.map(({ kind, step }) => `${kind} ${step}`);

/** How the device's memory stands after each of a thousand steps of one layer, but for the first. */
export async function thousandSteps(zoo: Zoo): Promise<string[]> {
  const { model, options, end } = setUp(zoo);
  const loss = (rows: number) =>
    model
      .fc(zoo.ones([rows, 2]))
      .mul(model.fc(zoo.ones([1, 2])))
      .mean();
  const figures = new Set<string>();
  const batches = { at: () => 4, fingerprint: 'four rows' };
  const steady: TrainOptions<number> = { ...options, model: model.fc, loss, data: batches, steps: 1000 };
  for await (const { step } of train(steady)) {
    const { tensors, buffers, bytes, packedBytes } = zoo.memory();
    if (step > 1) figures.add(JSON.stringify({ tensors, buffers, bytes, packedBytes }));
  }
  end();
  return [...figures];
}
