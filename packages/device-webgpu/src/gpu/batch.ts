import type { ZooError } from '@paperzoo/core';

/**
 * The commands of one submission, and whether they went well. WebGPU tells of errors late and apart; a batch gathers them, and a result
 * counts only if its batch and every batch that this one read from succeeded.
 */
export class Batch {
  /** Kernels in it, for messages. */
  readonly kernels = new Set<string>();
  private readonly sources = new Set<Batch>();
  private settle!: (own: Promise<ZooError | undefined>) => void;
  /** Resolves to the first error in it or in what it read from; never rejects. */
  readonly outcome: Promise<ZooError | undefined>;
  private fine = false;
  /** Known by now to have failed: what reads from it need not be run, and must not take others of its batch along. */
  error: ZooError | undefined;

  constructor() {
    this.outcome = new Promise<Promise<ZooError | undefined>>((resolve) => {
      this.settle = resolve as (own: Promise<ZooError | undefined>) => void;
    }) as unknown as Promise<ZooError | undefined>;
  }

  /** A batch that never ran. */
  static failed(error: ZooError): Batch {
    const batch = new Batch();
    batch.error = error;
    batch.close(Promise.resolve(error));
    return batch;
  }

  /** Results of `other` are read in this one. */
  reads(other: Batch | undefined): void {
    if (other && other !== this && !other.fine) this.sources.add(other);
  }

  /** Called once, with what the error scopes around the submission will say. */
  close(own: Promise<ZooError | undefined>): void {
    const sources = [...this.sources].map((source) => source.outcome);
    this.sources.clear();
    this.settle(
      Promise.all([own, ...sources]).then((all) => {
        const error = all.find((e) => e !== undefined);
        this.fine = error === undefined;
        this.error = error;
        return error;
      }),
    );
  }
}
