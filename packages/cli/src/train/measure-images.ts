import { crossEntropy, type Tensor, type Zoo } from '@paperzoo/core';
import type { ImageBatch, TakeImages } from './image-batch';

export interface ImageMeasure {
  readonly zoo: Zoo;
  readonly logits: (batch: ImageBatch) => Tensor;
  readonly take: TakeImages;
  /** Images that there are, and how far it is from one that is looked at to the next. */
  readonly count: number;
  readonly stride?: number;
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** Mean cross entropy of a classifier, and the share of images whose most probable class is theirs. */
export async function measureImages({
  zoo,
  logits,
  take,
  count,
  stride = 1,
  batchSize,
  signal,
}: ImageMeasure): Promise<{ loss: number; accuracy: number }> {
  const places = Uint32Array.from({ length: Math.ceil(count / stride) }, (_, i) => i * stride);
  let [right, loss] = [0, 0];
  for (let at = 0; at < places.length; at += batchSize) {
    signal?.throwIfAborted();
    const given = take(places.subarray(at, at + batchSize));
    const [sum, found] = zoo.scope(() => {
      const y = logits(given);
      return [crossEntropy(y, zoo.tensor(given.labels), { reduction: 'sum' }), y.argmax(1)] as const;
    });
    const guesses = await found.data();
    loss += await sum.item();
    right += given.labels.reduce((n, label, i) => n + Number(label === guesses[i]), 0);
    for (const t of [sum, found]) t.dispose();
    // Devices that answer at once never let Ctrl-C through.
    await new Promise<void>((done) => setTimeout(done));
  }
  return { loss: loss / places.length, accuracy: right / places.length };
}
