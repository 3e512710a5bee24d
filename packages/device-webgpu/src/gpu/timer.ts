// Times single dispatches with the adapter's own clock. Each gets a compute pass of its own meanwhile, since only passes can be timed.
import { MAP_FOR_READING, USAGE } from './constants';

/** How often a program ran for a kernel, and for how long in all. */
export interface Timing {
  readonly kernel: string;
  readonly program: string;
  dispatches: number;
  ms: number;
}

export class Timer {
  readonly timings = new Map<string, Timing>();
  private readonly queries: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly pending: Promise<void>[] = [];
  private running: Timing[] = [];

  /** For at most `most` dispatches per submission. */
  constructor(
    private readonly device: GPUDevice,
    most: number,
  ) {
    this.queries = device.createQuerySet({ type: 'timestamp', count: 2 * most });
    this.resolved = device.createBuffer({ size: 16 * most, usage: USAGE.queryResolve | USAGE.copySource });
  }

  /** What the pass of the next dispatch has to note down. */
  next(kernel: string, program: string): GPUComputePassTimestampWrites {
    const key = `${kernel}\n${program}`;
    const timing = this.timings.get(key) ?? { kernel, program, dispatches: 0, ms: 0 };
    this.timings.set(key, timing);
    const at = 2 * this.running.push(timing) - 2;
    return { querySet: this.queries, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
  }

  /** Puts the end of a submission's timings into its commands; what it returns is to be called after submitting. */
  resolve(encoder: GPUCommandEncoder): () => void {
    const { running } = this;
    if (running.length === 0) return () => undefined;
    this.running = [];
    const size = 16 * running.length;
    const staging = this.device.createBuffer({ size, usage: USAGE.mapRead | USAGE.copyTarget });
    encoder.resolveQuerySet(this.queries, 0, 2 * running.length, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, staging, 0, size);
    return () => {
      const read = async () => {
        await staging.mapAsync(MAP_FOR_READING);
        const times = new BigUint64Array(staging.getMappedRange());
        running.forEach((timing, i) => {
          timing.dispatches++;
          // Some drivers reset their clock at times; a negative duration says nothing.
          timing.ms += Math.max(0, Number(times[2 * i + 1]! - times[2 * i]!)) / 1e6;
        });
        staging.destroy();
      };
      const done = read();
      done.catch(() => undefined);
      this.pending.push(done);
    };
  }

  /** Resolves when every submitted dispatch has been counted, and frees what the timer holds. */
  async close(): Promise<void> {
    try {
      await Promise.all(this.pending);
    } finally {
      this.queries.destroy();
      this.resolved.destroy();
    }
  }
}
