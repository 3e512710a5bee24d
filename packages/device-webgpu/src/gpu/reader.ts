// Results come back through staging buffers, which alone can be mapped; they are kept for the next read.
import { DeviceLostError, DTYPES, type DType, type TypedArray } from '@paperzoo/core';
import { MAP_FOR_READING, USAGE } from './constants';
import { sizeClass, type Handle } from './pool';
import type { Held } from './held';
import type { Recorder } from './recorder';

/** Staging buffers kept for later reads, and the largest of them. */
const MOST_KEPT = 8;
const LARGEST_KEPT = 2 ** 24;

export class Reader {
  reservedBytes = 0;
  private readonly idle: GPUBuffer[] = [];

  constructor(
    private readonly device: GPUDevice,
    private readonly recorder: Recorder,
    private readonly held: Held,
  ) {}

  /** Everything recorded before is submitted; rejects with what went wrong on the way to this value. */
  async read(handle: Handle, dtype: DType, size: number): Promise<TypedArray> {
    const bytes = size * 4;
    const { batch, staging } = await this.copyInTurn(handle, bytes);
    const { whenLost } = this.recorder;
    try {
      // A failed batch can leave the staging buffer unmappable: its own error says more, so it is asked first.
      const error = await Promise.race([batch.outcome, whenLost]);
      if (error) throw error;
      await Promise.race([staging.mapAsync(MAP_FOR_READING, 0, bytes), whenLost]).catch(async (cause: unknown) => {
        if (cause instanceof DeviceLostError) throw cause;
        throw await this.recorder.mappingError(cause);
      });
      const copy = narrowed(staging.getMappedRange(0, bytes), dtype, size);
      staging.unmap();
      this.give(staging);
      return copy;
    } catch (error) {
      this.destroy(staging);
      throw error;
    }
  }

  /** Enqueues a copy at once, or after the commands that are held. */
  private async copyInTurn(handle: Handle, bytes: number) {
    const copy = () => {
      if (handle.batch?.error) throw handle.batch.error;
      const { batch } = this.recorder;
      const staging = this.take(bytes);
      batch.reads(handle.batch);
      this.recorder.copy(handle.block.buffer, staging, bytes);
      this.recorder.flush();
      return { batch, staging };
    };
    if (!this.held.active) return copy();
    const copied = new Promise<ReturnType<typeof copy>>((resolve, reject) => {
      const run = () => {
        try {
          resolve(copy());
        } catch (error) {
          reject(error as Error);
        }
      };
      this.held.order([handle], { outs: [], run });
    });
    // What went wrong with others' commands is theirs; this value's own batch knows of what it depends on.
    this.held.drain().catch(() => undefined);
    return copied;
  }

  private take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    const at = this.idle.findIndex((buffer) => buffer.size === size);
    if (at >= 0) return this.idle.splice(at, 1)[0]!;
    this.reservedBytes += size;
    return this.device.createBuffer({ size, usage: USAGE.mapRead | USAGE.copyTarget });
  }

  private give(buffer: GPUBuffer): void {
    if (buffer.size > LARGEST_KEPT) return this.destroy(buffer);
    this.idle.push(buffer);
    if (this.idle.length > MOST_KEPT) this.destroy(this.idle.shift()!);
  }

  private destroy(buffer: GPUBuffer): void {
    this.reservedBytes -= buffer.size;
    buffer.destroy();
  }
}

/** A copy as the dtype's own array; u8 and bool travel as 32-bit numbers. */
function narrowed(mapped: ArrayBuffer, dtype: DType, size: number): TypedArray {
  const { array, bytes } = DTYPES[dtype];
  return bytes === 1
    ? Uint8Array.from(new Uint32Array(mapped, 0, size))
    : new array(mapped.slice(0, size * 4), 0, size);
}
