import { describe, expect, test } from '@jest/globals';
import { DeviceError } from '@paperzoo/core';
import fc from 'fast-check';
import { Allocator } from '../src/memory/allocator';
import { GuardedAllocator, type BlockAllocator } from '../src/memory/guarded';
import { DeviceMemory } from '../src/memory/memory';

const newMemory = (maximumBytes = 64 << 20) => new DeviceMemory({ shared: false, initialBytes: 65536, maximumBytes });
const sizes = fc.oneof(fc.nat(64), fc.nat(3000), fc.nat(300_000));
/** A positive number allocates that much, a negative one frees the block at that place among the live ones. */
const steps = fc.array(fc.oneof(sizes, fc.integer({ min: -40, max: -1 })), { maxLength: 200 });

function play(allocator: BlockAllocator, memory: DeviceMemory, actions: readonly number[]) {
  const live: { ptr: number; bytes: number; mark: number }[] = [];
  actions.forEach((action, i) => {
    if (action >= 0) {
      const block = { ptr: allocator.alloc(action), bytes: action, mark: (i % 255) + 1 };
      expect(block.ptr % (action > 2048 ? 64 : 16)).toBe(0);
      expect(block.ptr).toBeGreaterThan(0);
      expect(block.ptr + action + 15).toBeLessThan(memory.bytes);
      memory.u8.fill(block.mark, block.ptr, block.ptr + action);
      live.push(block);
    } else if (live.length) {
      const [block] = live.splice(-action % live.length, 1);
      allocator.free(block!.ptr, block!.bytes);
    }
  });
  return live;
}

describe.each([
  ['plain', (memory: DeviceMemory) => new Allocator(memory)],
  ['guarded', (memory: DeviceMemory) => new GuardedAllocator(memory)],
])('%s allocator', (_name, make) => {
  test('blocks are aligned, inside the memory, and keep their contents whatever happens around them', () => {
    fc.assert(
      fc.property(steps, (actions) => {
        const memory = newMemory();
        const allocator = make(memory);
        const live = play(allocator, memory, actions);
        for (const { ptr, bytes, mark } of live)
          expect(memory.u8.subarray(ptr, ptr + bytes).every((b) => b === mark)).toBe(true);
        expect(allocator.stats.liveBytes).toBe(live.reduce((n, b) => n + b.bytes, 0));
        expect(allocator.stats.liveBlocks).toBe(live.length);
      }),
      { numRuns: 60 },
    );
  });

  test('everything freed is everything free', () => {
    fc.assert(
      fc.property(steps, (actions) => {
        const memory = newMemory();
        const allocator = make(memory);
        for (const { ptr, bytes } of play(allocator, memory, actions)) allocator.free(ptr, bytes);
        expect(allocator.stats).toMatchObject({ liveBytes: 0, liveBlocks: 0 });
      }),
      { numRuns: 30 },
    );
  });
});

describe('fragmentation', () => {
  test('freed neighbours merge: after any order of frees one stretch is left', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2049, max: 100_000 }), { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.nat()),
        (all, order) => {
          const allocator = new Allocator(newMemory());
          const blocks = all.map((bytes) => ({ ptr: allocator.alloc(bytes), bytes }));
          while (blocks.length) {
            const [block] = blocks.splice((order.next().value as number) % blocks.length, 1);
            allocator.free(block!.ptr, block!.bytes);
          }
          expect(allocator.freeStretches).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a long run with sizes that change does not grow the memory for ever', () => {
    const memory = newMemory();
    const allocator = new Allocator(memory);
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const live: { ptr: number; bytes: number }[] = [];
    let liveBytes = 0;
    let peak = 0;
    for (let i = 0; i < 100_000; i++) {
      while (liveBytes > 4e6) {
        const [block] = live.splice(random(live.length), 1);
        allocator.free(block!.ptr, block!.bytes);
        liveBytes -= block!.bytes;
      }
      const bytes = random(3) ? random(2000) : random(400_000);
      live.push({ ptr: allocator.alloc(bytes), bytes });
      liveBytes += bytes;
      peak = Math.max(peak, liveBytes);
    }
    expect(memory.bytes).toBeLessThan(peak * 2);
  });
});

describe('limits', () => {
  test('the memory grows on demand and old blocks survive it', () => {
    const memory = newMemory();
    const allocator = new Allocator(memory);
    const first = allocator.alloc(1000);
    memory.u8.fill(7, first, first + 1000);
    const large = allocator.alloc(20 << 20);
    memory.u8.fill(9, large, large + (20 << 20));
    expect(memory.u8.subarray(first, first + 1000).every((b) => b === 7)).toBe(true);
  });

  test('past the maximum: a DeviceError with sizes and remedy, and the allocator goes on', () => {
    const allocator = new Allocator(newMemory(1 << 20));
    expect(() => allocator.alloc(2 << 20)).toThrow(DeviceError);
    expect(() => allocator.alloc(2 << 20)).toThrow(/2097152 bytes.*1 MiB.*smaller batch/s);
    expect(allocator.stats.liveBytes).toBe(0);
    expect(allocator.alloc(500_000)).toBeGreaterThan(0);
  });

  test('the 32-bit limit is said', () => {
    const allocator = new Allocator(new DeviceMemory({ shared: false, initialBytes: 65536 }));
    expect(() => allocator.alloc(5 * 2 ** 30)).toThrow(/4 GiB is all that 32-bit WebAssembly can address/);
  });

  test.each([-1, 1.5, NaN, Infinity])('%d bytes are refused', (bytes) => {
    expect(() => new Allocator(newMemory()).alloc(bytes)).toThrow(DeviceError);
  });

  test('a second free, or one with another size, is noticed', () => {
    const allocator = new Allocator(newMemory());
    const ptr = allocator.alloc(5000);
    expect(() => allocator.free(ptr, 9000)).toThrow(/another size/);
    allocator.free(ptr, 5000);
    expect(() => allocator.free(ptr, 5000)).toThrow(/freed before/);
  });

  test('an impossible start is refused', () => {
    expect(() => new DeviceMemory({ shared: false, initialBytes: 2 << 20, maximumBytes: 1 << 20 })).toThrow(
      DeviceError,
    );
  });
});

describe('guards', () => {
  test('fresh memory reads as NaN', () => {
    const memory = newMemory();
    const ptr = new GuardedAllocator(memory).alloc(40);
    expect([...memory.f32.subarray(ptr / 4, ptr / 4 + 10)].every(Number.isNaN)).toBe(true);
  });

  test.each([
    ['past the end', 10, /1 bytes past the end/],
    ['before the start', -1, /1 bytes before the start/],
  ])('a write %s is found at once and names the kernel', (_name, at, message) => {
    const memory = newMemory();
    const allocator = new GuardedAllocator(memory);
    const ptr = allocator.alloc(10);
    allocator.wrote(ptr, 'good/kernel');
    memory.u8[ptr + at] = 1;
    expect(() => allocator.wrote(ptr, 'bad/kernel')).toThrow(message);
    memory.u8[ptr + at] = 1;
    expect(() => allocator.free(ptr, 10)).toThrow(/bad\/kernel/);
    expect(() => allocator.free(ptr, 10)).toThrow(/freed before/);
  });
});
