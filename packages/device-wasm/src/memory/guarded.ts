import { DeviceError } from '@paperzoo/core';
import { Allocator, type AllocatorStats } from './allocator';
import type { DeviceMemory } from './memory';

/** What the device needs of an allocator; `Allocator` and `GuardedAllocator` both are one. */
export interface BlockAllocator {
  readonly stats: AllocatorStats;
  alloc(bytes: number): number;
  free(ptr: number, bytes: number): void;
}

const GUARD_BYTES = 64;
const GUARD = 0xa5;
/** A quiet NaN as f32, not zero as anything else: arithmetic on memory that nobody wrote shows. */
const POISON = 0x7fc0a5a5;

interface Block {
  readonly bytes: number;
  /** The kernel that had it as an output or scratch last. */
  writer: string | undefined;
}

/** For tests: every block starts as NaN and lies between guard bytes, so that unwritten and overrun memory is noticed and named. */
export class GuardedAllocator implements BlockAllocator {
  readonly #memory: DeviceMemory;
  readonly #inner: Allocator;
  readonly #live = new Map<number, Block>();

  constructor(memory: DeviceMemory) {
    this.#memory = memory;
    this.#inner = new Allocator(memory);
  }

  get stats(): AllocatorStats {
    const inner = this.#inner.stats;
    return { ...inner, liveBytes: inner.liveBytes - this.#live.size * 2 * GUARD_BYTES };
  }

  alloc(bytes: number): number {
    const ptr = this.#inner.alloc(bytes + 2 * GUARD_BYTES) + GUARD_BYTES;
    const words = this.#memory.u32;
    words.fill(POISON, ptr >>> 2, (ptr >>> 2) + (bytes >>> 2));
    const u8 = this.#memory.u8;
    u8.fill(0xa5, ptr + (bytes & ~3), ptr + bytes);
    u8.fill(GUARD, ptr - GUARD_BYTES, ptr);
    u8.fill(GUARD, ptr + bytes, ptr + bytes + GUARD_BYTES);
    this.#live.set(ptr, { bytes, writer: undefined });
    return ptr;
  }

  free(ptr: number, bytes: number): void {
    const block = this.#live.get(ptr);
    if (block?.bytes !== bytes) {
      throw new DeviceError(
        block
          ? `The block at ${ptr} has ${block.bytes} bytes, not ${bytes}.`
          : `No block is allocated at ${ptr}; it was freed before.`,
        { argument: 'ptr', expected: block?.bytes, got: bytes },
      );
    }
    const damage = this.#damage(ptr, block);
    this.#live.delete(ptr);
    this.#inner.free(ptr - GUARD_BYTES, bytes + 2 * GUARD_BYTES);
    if (damage) throw damage;
  }

  /** Remembers who wrote the block and throws `DeviceError` naming `kernel` when its guards are broken. */
  wrote(ptr: number, kernel: string): void {
    const block = this.#live.get(ptr);
    if (!block) return;
    block.writer = kernel;
    const damage = this.#damage(ptr, block);
    if (damage) throw damage;
  }

  #damage(ptr: number, block: Block): DeviceError | undefined {
    const u8 = this.#memory.u8;
    for (let i = 1; i <= GUARD_BYTES; i++) {
      const below = u8[ptr - i] !== GUARD;
      const above = u8[ptr + block.bytes + i - 1] !== GUARD;
      if (!below && !above) continue;
      const place = below ? `${i} bytes before the start` : `${i} bytes past the end`;
      // Mended, so that one overrun is reported once and later checks stay meaningful.
      u8.fill(GUARD, ptr - GUARD_BYTES, ptr);
      u8.fill(GUARD, ptr + block.bytes, ptr + block.bytes + GUARD_BYTES);
      return new DeviceError(`Kernel ${block.writer ?? '(none)'} wrote ${place} of a block of ${block.bytes} bytes.`, {
        op: block.writer,
        argument: `block at ${ptr}`,
        expected: `writes within ${block.bytes} bytes`,
        got: place,
      });
    }
    return undefined;
  }
}
