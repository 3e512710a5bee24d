import { describe, expect, test } from '@jest/globals';
import { wasm as testing } from '../src/generated/testing.wasm';
import { decodeBase64 } from '../src/module/base64';
import { withSharedMemory } from '../src/module/shared-import';
import { Pool, type KernelFunction } from '../src/pool/pool';

const PTR = 1024;

async function setUp(threads: number) {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
  const module = new WebAssembly.Module(withSharedMemory(decodeBase64(testing)) as Uint8Array<ArrayBuffer>);
  const own = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, KernelFunction>;
  const names = WebAssembly.Module.exports(module).map((e) => e.name);
  const pool = new Pool({ threads, memory });
  pool.addModule(module);
  await pool.started();
  const call = (name: string, total: number, grain: number, ...args: number[]) =>
    pool.run(0, names.indexOf(name), own[name]!, total, grain, args);
  return { pool, call, memory, bytes: (n: number) => new Uint8Array(memory.buffer).slice(PTR, PTR + n) };
}

describe.each([1, 2, 3])('%d threads', (threads) => {
  test('every index is computed exactly once, whatever the sizes', async () => {
    const { pool, call, bytes, memory } = await setUp(threads);
    for (const [total, grain] of [
      [1, 1],
      [7, 3],
      [64, 16],
      [1000, 1],
      [12345, 100],
      [300_001, 4096],
    ] as const) {
      new Uint8Array(memory.buffer).fill(0, PTR, PTR + total + 1);
      call('mark', total, grain, PTR);
      const seen = bytes(total + 1);
      expect(seen.subarray(0, total).every((n) => n === 1)).toBe(true);
      expect(seen[total]).toBe(0);
    }
    await pool.dispose();
  });

  test('thousands of small jobs in a row', async () => {
    const { pool, call, bytes } = await setUp(threads);
    for (let i = 0; i < 5000; i++) call('mark', 40, 4, PTR);
    expect(bytes(40).every((n) => n === 5000 % 256)).toBe(true);
    await pool.dispose();
  });

  test('jobs after a pause wake sleeping workers', async () => {
    const { pool, call, bytes } = await setUp(threads);
    for (let i = 0; i < 20; i++) {
      call('markSlowly', 12, 1, PTR, 20_000);
      await new Promise((resolve) => setTimeout(resolve, i % 3));
    }
    expect(bytes(12).every((n) => n === 20)).toBe(true);
    await pool.dispose();
  });
});

test('workers see memory that grew after they started', async () => {
  const { pool, call, memory } = await setUp(2);
  memory.grow(1000);
  const high = 900 * 65536;
  for (let i = 0; i < 50; i++) call('markSlowly', 12, 1, high, 20_000);
  expect(new Uint8Array(memory.buffer, high, 12).every((n) => n === 50)).toBe(true);
  await pool.dispose();
});

test('a trap in this thread is thrown and the pool stays usable', async () => {
  const { pool, call, bytes } = await setUp(2);
  expect(() => call('trap', 100, 1)).toThrow(WebAssembly.RuntimeError);
  call('mark', 100, 1, PTR);
  expect(bytes(100).every((n) => n === 1)).toBe(true);
  await pool.dispose();
});

test('a trap in a worker is thrown here with its message, nothing hangs, and the pool stays usable', async () => {
  const { pool, call, bytes } = await setUp(2);
  // This thread takes the first range and stays in it while the worker, awake after the first rounds, takes a later one and traps.
  let message = '';
  for (let i = 0; i < 500 && !message.includes('worker thread'); i++) {
    try {
      call('trapAfterFirst', 2, 1, 20_000_000);
    } catch (error) {
      message = (error as Error).message;
    }
  }
  expect(message).toMatch(/unreachable.*worker thread/);
  call('mark', 100, 1, PTR);
  expect(bytes(100).every((n) => n === 1)).toBe(true);
  await pool.dispose();
});

test('a module added later reaches the workers', async () => {
  const { pool, call, memory, bytes } = await setUp(2);
  const module = new WebAssembly.Module(withSharedMemory(decodeBase64(testing)) as Uint8Array<ArrayBuffer>);
  const own = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, KernelFunction>;
  call('mark', 10, 1, PTR);
  pool.addModule(module);
  const mark = WebAssembly.Module.exports(module).findIndex((e) => e.name === 'mark');
  for (let i = 0; i < 100; i++) pool.run(1, mark, own.mark!, 10, 1, [PTR]);
  expect(bytes(10).every((n) => n === 101)).toBe(true);
  await pool.dispose();
});

test('more arguments or indices than the control block holds run on this thread', async () => {
  const { pool, call, bytes } = await setUp(2);
  call('mark', 10, 1, PTR, ...new Array<number>(40).fill(0));
  expect(bytes(10).every((n) => n === 1)).toBe(true);
  await pool.dispose();
});

test('dispose ends the workers, also sleeping ones, and may be called twice', async () => {
  const { pool } = await setUp(3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await pool.dispose();
  await pool.dispose();
  expect(pool.failure).toBeUndefined();
});

test('workers come back to work after every message', async () => {
  const { pool, call } = await setUp(2);
  const module = new WebAssembly.Module(withSharedMemory(decodeBase64(testing)) as Uint8Array<ArrayBuffer>);
  for (let round = 0; round < 30; round++) {
    pool.addModule(module);
    // The range beyond the first traps in whichever thread takes it: with this thread busy in the first, that is the worker.
    let message = '';
    const until = performance.now() + 20_000;
    while (!message.includes('worker thread') && performance.now() < until) {
      try {
        call('trapAfterFirst', 2, 1, 300_000);
      } catch (error) {
        message = (error as Error).message;
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    expect(message).toMatch(/worker thread/);
  }
  await pool.dispose();
});
