import { AttrError } from '@paperzoo/core';
import { Philox } from '../philox';

/** Where batches come from. A batch is a pure function of the step, so that a resumed run sees what an unbroken one would have. */
export interface BatchSource<Batch> {
  /** Batch of a step, counted from 0. */
  at(step: number): Batch | Promise<Batch>;
  /** Says what determines the batches; a checkpoint made with another one is refused. */
  readonly fingerprint: string;
}

export interface DataLoaderOptions<Batch> {
  /** Number of examples. */
  readonly size: number;
  readonly batchSize: number;
  /** Makes a batch of the examples at these places, in ordinary memory. Random augmentation draws from `random`, which belongs to the step. */
  readonly collate: (places: Uint32Array, random: Philox) => Batch | Promise<Batch>;
  readonly seed?: number;
  /** A new order in every epoch; default true. */
  readonly shuffle?: boolean;
  /** Leave out what does not fill a batch at an epoch's end; default true. */
  readonly dropLast?: boolean;
}

/** Batches of a data set of known size, shuffled by a seed. It has no position: any step can be asked for at any time. */
export class DataLoader<Batch> implements BatchSource<Batch> {
  readonly stepsPerEpoch: number;
  readonly fingerprint: string;
  private readonly options: Required<DataLoaderOptions<Batch>>;
  private order: { epoch: number; places: Uint32Array } | undefined;

  /** @throws AttrError when an epoch would have no batch */
  constructor({ seed = 0, shuffle = true, dropLast = true, ...rest }: DataLoaderOptions<Batch>) {
    const { size, batchSize } = rest;
    const steps = dropLast ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
    if (!(Number.isInteger(size) && Number.isInteger(batchSize) && batchSize > 0 && steps > 0)) {
      const message = `DataLoader: ${size} examples make no batch of ${batchSize}.`;
      throw new AttrError(message, { argument: 'batchSize', expected: `1 to ${size}`, got: batchSize });
    }
    this.options = { ...rest, seed, shuffle, dropLast };
    this.stepsPerEpoch = steps;
    this.fingerprint = `size ${size}, batch ${batchSize}, seed ${seed}, shuffle ${shuffle}, dropLast ${dropLast}`;
  }

  async at(step: number): Promise<Batch> {
    const { batchSize, collate, seed, size } = this.options;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const start = (step % this.stepsPerEpoch) * batchSize;
    const places = this.placesOf(epoch).slice(start, Math.min(start + batchSize, size));
    // Odd streams are the steps', even ones the epochs'.
    return collate(places, new Philox(seed, 2 * step + 1));
  }

  /** All batches of one epoch, for evaluation. */
  async *epoch(epoch = 0): AsyncGenerator<Batch> {
    for (let i = 0; i < this.stepsPerEpoch; i++) yield await this.at(epoch * this.stepsPerEpoch + i);
  }

  private placesOf(epoch: number): Uint32Array {
    const { seed, shuffle, size } = this.options;
    if (this.order?.epoch !== epoch) {
      const places = shuffle
        ? new Philox(seed, 2 * epoch).permutation(size)
        : Uint32Array.from({ length: size }, (_, i) => i);
      this.order = { epoch, places };
    }
    return this.order.places;
  }
}
