import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AttrError, DeviceError, PluginError, type Arg, type Kernel } from '@paperzoo/core';
import { wasm, type WasmContext, type WasmDevice, type WasmOptions } from '../src/index';
import { wasm as testing } from '../src/generated/testing.wasm';
import { decodeBase64 } from '../src/module/base64';

const source = () => decodeBase64(testing);
type Run = (ctx: WasmContext, ins: readonly (Arg<number> | undefined)[], outs: readonly Arg<number>[]) => void;

function kernel(run: Run, module: Kernel['module'] = source): Kernel<number> {
  const op = { name: 'probe' } as Kernel['op'];
  return {
    id: 'probe/test',
    op,
    device: 'wasm',
    priority: 0,
    dtypes: 'any',
    direction: 'both',
    module,
    run: run as Kernel<number>['run'],
  };
}

const make = async (options?: WasmOptions) => (await wasm(options)()) as WasmDevice;
const bytesArg = (buffer: number, size: number, packed?: Map<string, unknown>): Arg<number> => ({
  shape: [size],
  dtype: 'u8',
  size,
  buffer,
  persistent: packed !== undefined,
  packed,
});

/** A fresh output of `size` bytes, and what one call of `run` leaves in it. */
async function once(device: WasmDevice, size: number, run: Run): Promise<number[]> {
  const k = kernel(run);
  await device.load([k]);
  const out = device.alloc(size);
  device.write(out, new Uint8Array(size));
  try {
    device.run(k, [], [bytesArg(out, size)], {});
    return [...device.readSync(out, 'u8', size)];
  } finally {
    device.free(out, size);
  }
}

describe.each<[string, WasmOptions]>([
  ['one thread', {}],
  ['two threads', { threads: 2 }],
  ['debug', { debug: true }],
])('%s', (_name, options) => {
  let device: WasmDevice;
  beforeEach(async () => (device = await make(options)));
  afterEach(() => device.dispose());

  test('what is written is read, for every dtype, as a copy', async () => {
    for (const [dtype, data] of [
      ['f32', Float32Array.of(1.5, -0, NaN)],
      ['i32', Int32Array.of(-7, 2 ** 31 - 1)],
      ['u32', Uint32Array.of(2 ** 32 - 1)],
      ['u8', Uint8Array.of(0, 255, 3)],
      ['bool', Uint8Array.of(0, 1)],
    ] as const) {
      const ptr = device.alloc(data.byteLength);
      device.write(ptr, data);
      const copy = await device.read(ptr, dtype, data.length);
      expect(copy).toEqual(data);
      device.write(ptr, new Uint8Array(data.byteLength));
      expect(copy).toEqual(data);
      device.free(ptr, data.byteLength);
    }
    expect(device.memory()).toMatchObject({ liveBytes: 0, liveBlocks: 0, packedBytes: 0 });
  });

  test('a kernel calls its module, alone and split', async () => {
    expect(await once(device, 3, (ctx, _ins, [out]) => ctx.exports.fill!(out!.buffer, 9, 3))).toEqual([9, 9, 9]);
    const all = await once(device, 5000, (ctx, _ins, [out]) => ctx.parallel('mark', 5000, 64, out!.buffer));
    expect(all.every((n) => n === 1)).toBe(true);
    expect(await once(device, 2, (ctx, _ins, [out]) => ctx.parallel('mark', 0, 64, out!.buffer))).toEqual([0, 0]);
  });

  test('scratch is freed after the call, also when it throws', async () => {
    await once(device, 1, (ctx) => void [ctx.scratch(100), ctx.scratch(70_000)]);
    expect(device.memory().liveBlocks).toBe(0);
    const bad = once(device, 1, (ctx) => {
      ctx.scratch(100);
      throw new TypeError('mine');
    });
    await expect(bad).rejects.toThrow('mine');
    expect(device.memory().liveBlocks).toBe(0);
  });

  test('packed copies are made once for persistent inputs and every time for others', async () => {
    let fills = 0;
    const k = kernel((ctx, [x], [out]) => {
      const ptr = ctx.packed(x!, 'doubled', 16, (p) => {
        fills++;
        ctx.u8.fill(ctx.u8[x!.buffer]! * 2, p, p + 16);
      });
      ctx.u8[out!.buffer] = ctx.u8[ptr]!;
    });
    await device.load([k]);
    const x = device.alloc(16);
    const out = device.alloc(1);
    device.write(x, new Uint8Array(16).fill(21));
    const packed = new Map<string, unknown>();
    for (let i = 0; i < 3; i++) device.run(k, [bytesArg(x, 16, packed)], [bytesArg(out, 1)], {});
    expect(fills).toBe(1);
    expect(device.readSync(out, 'u8', 1)[0]).toBe(42);
    expect(device.memory().packedBytes).toBe(16);
    for (let i = 0; i < 3; i++) device.run(k, [bytesArg(x, 16)], [bytesArg(out, 1)], {});
    expect(fills).toBe(4);
    device.freePacked(packed);
    device.free(x, 16);
    device.free(out, 1);
    expect(device.memory()).toMatchObject({ liveBytes: 0, packedBytes: 0 });
  });

  test('a trap is a DeviceError that names the kernel', async () => {
    await expect(once(device, 1, (ctx) => void ctx.exports.trap!())).rejects.toThrow(
      /probe\/test stopped.*unreachable/,
    );
    await expect(once(device, 1, (ctx) => void ctx.exports.trap!())).rejects.toBeInstanceOf(DeviceError);
    await expect(once(device, 1, (ctx) => void ctx.exports.peek!(2 ** 32 - 4))).rejects.toThrow(/out of bounds/);
  });

  test('views follow when the memory grows', async () => {
    const ptr = device.alloc(4);
    device.write(ptr, Float32Array.of(42));
    await once(device, 1, (ctx) => {
      const before = ctx.f32[ptr >>> 2];
      const far = ctx.scratch(8 << 20);
      ctx.f32[(far >>> 2) + 1_000_000] = 1;
      expect([before, ctx.f32[ptr >>> 2], ctx.f32[(far >>> 2) + 1_000_000]]).toEqual([42, 42, 1]);
    });
  });
});

test('modules are instantiated once per content and refused when they are none', async () => {
  const device = await make({ threads: 2 });
  let seen: unknown;
  const record: Run = (ctx) => (seen = ctx.exports);
  const [first, second] = [kernel(record, () => source()), kernel(record, () => Promise.resolve(source()))];
  await device.load([first, second]);
  const out = [bytesArg(device.alloc(1), 1)];
  device.run(first, [], out, {});
  const one = seen;
  device.run(second, [], out, {});
  expect(seen).toBe(one);
  await expect(device.load([kernel(record, () => new Uint8Array(20))])).rejects.toThrow(PluginError);
  const foreign = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 97, 1, 102, 0, 0]);
  await expect(device.load([kernel(record, () => foreign)])).rejects.toThrow(/imports env.memory|cannot be loaded/);
  await device.dispose();
});

test('debug mode names a kernel that writes past its output', async () => {
  const device = await make({ debug: true });
  const run = once(device, 5, (ctx, _ins, [out]) => ctx.exports.fill!(out!.buffer, 1, 6));
  await expect(run).rejects.toThrow(/probe\/test wrote 1 bytes past the end of a block of 5 bytes/);
});

test.each([0, -1, 1.5, 65, NaN])('%d threads are refused', (threads) => {
  expect(() => wasm({ threads })).toThrow(AttrError);
});

test('capabilities say what was granted', async () => {
  const device = await make({ threads: 2, maximumBytes: 1 << 24 });
  expect(device.caps).toMatchObject({ device: 'wasm', threads: 2, info: { sharedMemory: true, simd: 'simd128' } });
  expect(device.caps.maxBufferBytes).toBeLessThan(1 << 24);
  expect(() => device.alloc(1 << 25)).toThrow(/16 MiB/);
  await device.dispose();
});

test('a disposed device gives its memory back though it is still referenced', async () => {
  const device = await make({ threads: 2, initialBytes: 1 << 24 });
  device.alloc(1 << 20);
  expect(device.memory().reservedBytes).toBe(1 << 24);
  await device.dispose();
  expect(device.memory().reservedBytes).toBe(0);
});
