import type { Tensor, Zoo } from '@paperzoo/core';
import type { Philox } from '@paperzoo/nn';
import { CommandError } from '../command-error';
import { readText } from './text-data';

/** The text's last part is for validation. */
const SHARE_OF_VALIDATION = 0.05;

/** The two parts of a text, each of at least one window. */
export async function readParts(data: string, length: number): Promise<{ train: Uint8Array; held: Uint8Array }> {
  const text = await readText(data);
  const split = Math.floor(text.length * (1 - SHARE_OF_VALIDATION));
  const held = text.subarray(split);
  if (held.length < length) {
    throw new CommandError(`${data} has ${text.length} bytes: too few for windows of ${length}.`, {
      argument: 'data',
      got: text.length,
      remedy: 'Use a longer text or a smaller --length.',
    });
  }
  return { train: text.subarray(0, split), held };
}

/** Windows of a text side by side, one per row; with `random` each begins somewhat later. */
export function takeWindows(from: Uint8Array, length: number, places: Uint32Array, random?: Philox): Int32Array {
  const ids = new Int32Array(places.length * length);
  const shifts = random?.uniform(places.length);
  places.forEach((place, i) => {
    // Never the same windows twice, or small models learn where they begin; the text's last window has no room to move.
    const start = Math.min(place * length + Math.floor((shifts?.[i] ?? 0) * length), from.length - length);
    ids.set(from.subarray(start, start + length), i * length);
  });
  return ids;
}

export interface TextMeasure {
  readonly zoo: Zoo;
  /** Mean loss of rows of `length` bytes. */
  readonly loss: (ids: Tensor) => Tensor;
  readonly held: Uint8Array;
  readonly length: number;
  readonly batchSize: number;
  /** At most so many windows; default all. */
  readonly most?: number;
  readonly signal?: AbortSignal;
}

/** Mean loss over the windows of a text, in nats and in bits. */
export async function measureText(options: TextMeasure): Promise<{ loss: number; bitsPerByte: number }> {
  const { zoo, loss, held, length, batchSize, most = Infinity, signal } = options;
  const count = Math.min(Math.floor(held.length / length), most);
  let sum = 0;
  for (let at = 0; at < count; at += batchSize) {
    signal?.throwIfAborted();
    const places = Uint32Array.from({ length: Math.min(batchSize, count - at) }, (_, i) => at + i);
    const ids = takeWindows(held, length, places);
    using mean = zoo.scope(() => loss(zoo.tensor(ids, { shape: [places.length, length] })));
    sum += (await mean.item()) * places.length;
    // Devices that answer at once never let Ctrl-C through.
    await new Promise<void>((done) => setTimeout(done));
  }
  return { loss: sum / count, bitsPerByte: sum / count / Math.LN2 };
}
