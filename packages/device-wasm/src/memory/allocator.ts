import { DeviceError } from '@paperzoo/core';
import type { DeviceMemory } from './memory';
import { Segments } from './segments';

/** Small blocks come from slabs of one size each, so that long-lived small ones never split the room for large ones. */
const CLASSES = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];
const SMALL_MAX = 2048;
const SLAB_BYTES = 16384;
/** Large blocks start at cache lines. */
const UNIT = 64;
/** Kept free below the first block, so that 0 means "absent", and above the last, so that reading past its end is harmless. */
const MARGIN = 64;

const CLASS_OF = new Uint8Array(SMALL_MAX / 16 + 1);
for (let i = 0, c = 0; i < CLASS_OF.length; i++) {
  if (i * 16 > CLASSES[c]!) c++;
  CLASS_OF[i] = c;
}

export interface AllocatorStats {
  /** Bytes asked for and not yet freed, and how many blocks they are. */
  readonly liveBytes: number;
  readonly liveBlocks: number;
  readonly peakBytes: number;
  /** Size of the memory: what the process pays. */
  readonly memoryBytes: number;
}

/**
 * Hands out a device's memory: 16-byte aligned, from 2 KiB on 64-byte aligned. Both calls are O(1). Freed large blocks merge with
 * their neighbours at once; slabs of small blocks are kept for reuse.
 */
export class Allocator {
  readonly #memory: DeviceMemory;
  readonly #large: Segments;
  readonly #freeSmall: number[][] = CLASSES.map(() => []);
  readonly #slabNext = new Float64Array(CLASSES.length);
  readonly #slabEnd = new Float64Array(CLASSES.length);
  #managedEnd = MARGIN;
  #liveBytes = 0;
  #liveBlocks = 0;
  #peakBytes = 0;

  constructor(memory: DeviceMemory) {
    this.#memory = memory;
    this.#large = new Segments(MARGIN / UNIT);
    this.#adopt();
  }

  get stats(): AllocatorStats {
    return {
      liveBytes: this.#liveBytes,
      liveBlocks: this.#liveBlocks,
      peakBytes: this.#peakBytes,
      memoryBytes: this.#memory.bytes,
    };
  }

  /** Free stretches of large blocks and unused slab room: 1 when everything large was freed and merged. */
  get freeStretches(): number {
    return this.#large.freeBlocks;
  }

  /** Offset of `bytes` uninitialised bytes; throws `DeviceError` when the memory cannot grow to hold them. */
  alloc(bytes: number): number {
    if (!(bytes >= 0 && Number.isSafeInteger(bytes))) {
      throw new DeviceError(`Cannot allocate ${bytes} bytes.`, {
        argument: 'bytes',
        expected: 'a whole number ≥ 0',
        got: bytes,
      });
    }
    const ptr = bytes <= SMALL_MAX ? this.#allocSmall(CLASS_OF[(bytes + 15) >> 4]!) : this.#allocLarge(bytes);
    this.#liveBytes += bytes;
    this.#liveBlocks++;
    if (this.#liveBytes > this.#peakBytes) this.#peakBytes = this.#liveBytes;
    return ptr;
  }

  /** Takes back a block; `bytes` must be what it was allocated with. */
  free(ptr: number, bytes: number): void {
    if (bytes <= SMALL_MAX) this.#freeSmall[CLASS_OF[(bytes + 15) >> 4]!]!.push(ptr);
    else {
      const units = Math.ceil(bytes / UNIT);
      if (this.#large.sizeOf(ptr / UNIT) !== units) {
        throw new DeviceError(
          `No block of ${bytes} bytes is allocated at ${ptr}; it was freed before, or with another size.`,
          {
            argument: 'ptr',
            got: ptr,
          },
        );
      }
      this.#large.release(ptr / UNIT);
    }
    this.#liveBytes -= bytes;
    this.#liveBlocks--;
  }

  #allocSmall(c: number): number {
    const reuse = this.#freeSmall[c]!.pop();
    if (reuse !== undefined) return reuse;
    const size = CLASSES[c]!;
    if (this.#slabNext[c]! + size > this.#slabEnd[c]!) {
      const slab = this.#allocLarge(SLAB_BYTES);
      this.#slabNext[c] = slab;
      this.#slabEnd[c] = slab + SLAB_BYTES;
    }
    const ptr = this.#slabNext[c]!;
    this.#slabNext[c] = ptr + size;
    return ptr;
  }

  #allocLarge(bytes: number): number {
    const units = Math.ceil(bytes / UNIT);
    let start = this.#large.take(units);
    if (start < 0) {
      this.#memory.grow(bytes + UNIT - this.#large.freeTail * UNIT, `an allocation of ${bytes} bytes`);
      this.#adopt();
      start = this.#large.take(units);
    }
    return start * UNIT;
  }

  #adopt(): void {
    const end = this.#memory.bytes - MARGIN;
    this.#large.extend((end - this.#managedEnd) / UNIT);
    this.#managedEnd = end;
  }
}
