import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  add,
  concat,
  createZoo,
  defineOp,
  definePlugin,
  DeviceError,
  implement,
  matmul,
  mul,
  pad,
  sum,
  tensor,
  type Plugin,
  type Zoo,
} from '@paperzoo/core';
import { defineGpuKernel, gpujs, type GpujsMode, type GpuKernelSpec } from '../src/index';
import { Compiler } from '../src/engine/compiler';

let zoo: Zoo;
beforeEach(async () => {
  zoo = await createZoo({ device: gpujs({ mode: 'webasm' }) });
});
afterEach(async () => {
  await zoo.dispose();
});

describe('the mode', () => {
  test('is WebAssembly in Node, and told', async () => {
    await using plain = await createZoo({ device: gpujs() });
    expect(plain.device.caps.info).toMatchObject({ mode: 'webasm', resident: false });
  });

  test('must be one that exists', () => {
    const wrong = () => gpujs({ mode: 'cuda' as GpujsMode });
    expect(wrong).toThrow('gpujs: mode must be one of webgpu, webgl2, webasm, cpu, got cuda.');
  });

  test.each(['webgpu', 'webgl2'] as const)('%s is refused where there is none, not replaced', async (mode) => {
    const error = await createZoo({ device: gpujs({ mode }) }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ code: 'device', details: { argument: 'mode', expected: mode } });
  });
});

/** A plugin of one op, `y = x`, with a kernel of the given text. */
function pluginWith(spec: Partial<GpuKernelSpec>): { op: typeof mine; plugin: Plugin } {
  const mine = defineOp({ name: 'test.mine', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
  implement(mine, { composite: ([x]) => mul(x, 1) });
  const kernel = defineGpuKernel(mine, { source: 'function (x) { return x[this.thread.x]; }', ...spec });
  const plugin = definePlugin({
    name: 'test',
    api: 1,
    license: 'MIT',
    paper: { title: 'A test', authors: 'none', year: 2026 },
    ops: [mine],
    kernels: { gpujs: async () => ({ default: [kernel] }) },
  });
  return { op: mine, plugin };
}

describe('a kernel of one’s own', () => {
  test('is a function of inputs and constants', async () => {
    const { op, plugin } = pluginWith({
      source: 'function (x) { return x[this.thread.x] * this.constants.by + this.constants.offset; }',
      constants: ([x]) => ({ by: x!.shape[0]! }),
      floats: () => ({ offset: 0.5 }),
    });
    await zoo.use(plugin);
    expect(await op(zoo.tensor([1, 2, 3])).array()).toEqual([3.5, 6.5, 9.5]);
  });

  test('that gpu.js cannot compile is an error with its words, and leaves memory as it was', async () => {
    const { op, plugin } = pluginWith({ source: 'function (x) { return nowhere(x[this.thread.x]); }' });
    await zoo.use(plugin);
    const x = zoo.tensor([1, 2, 3]);
    const before = zoo.memory();
    expect(() => op(x)).toThrow(/gpujs \(webasm\): .* on line 1, position 13/);
    expect(zoo.memory()).toMatchObject({ tensors: before.tensors, buffers: before.buffers, bytes: before.bytes });
  });

  test.each([
    'function (x) { return [x[this.thread.x], 1]; }',
    'function (x) { const pair = [x[this.thread.x], 1]; return pair; }',
  ])('must return a number: %s', async (source) => {
    const { op, plugin } = pluginWith({ source });
    await zoo.use(plugin);
    const x = zoo.tensor([1, 2]);
    expect(() => op(x)).toThrow('gpujs: a kernel must return one number, and no array.');
  });

  test('that gpu.js handed to its cpu mode, which it only warns about, is an error with its reason', () => {
    const kernel = { constructor: { mode: 'cpu' }, fallbackReason: 'no textures left' };
    const handed = Object.assign(() => new Float32Array(1), {
      kernel,
      setOutput: () => undefined,
      destroy: () => undefined,
    });
    const compiler = new Compiler({ createKernel: () => handed, destroy: async () => undefined }, 'webgl2');
    const compiled = compiler.compile({ source: 'function (x) { return x[0]; }' }, [1], 1);
    expect(() => compiler.prove(compiled)).toThrow('a kernel ran on cpu instead of webgl2: no textures left.');
  });

  test.each([
    ['constants', { constants: () => ({ n: 1.5 }) }, 'the kernel constant n must be a whole number, got 1.5'],
    ['floats', { floats: () => ({ n: Infinity }) }, 'the kernel constant n must be finite, got Infinity'],
  ])('%s are checked', async (_what, spec, message) => {
    const { op, plugin } = pluginWith(spec);
    await zoo.use(plugin);
    const x = zoo.tensor([1]);
    expect(() => op(x)).toThrow(message);
  });

  test('loops as long as its constant says: gpu.js alone would stop at 1,000', async () => {
    const { op, plugin } = pluginWith({
      source: 'function (x) { let n = 0; for (let i = 0; i < this.constants.n; i++) { n += 1; } return n * x[0]; }',
      constants: () => ({ n: 5000 }),
    });
    await zoo.use(plugin);
    expect(await op(zoo.tensor([1])).array()).toEqual([5000]);
  });
});

describe('numbers', () => {
  test('integers that float32 holds come back as they were', async () => {
    const values = Int32Array.of(16777216, -16777216, 3, -(2 ** 31), 1 << 30);
    expect(await zoo.tensor(values).data()).toEqual(values);
    expect(await zoo.tensor(Uint8Array.of(0, 1, 255)).data()).toEqual(Uint8Array.of(0, 1, 255));
  });

  test('others are refused when they are uploaded', () => {
    expect(() => zoo.tensor(Int32Array.of(1, 16777217))).toThrow(
      'gpujs: element 1 is 16777217, and this device keeps integers as float32.',
    );
    expect(() => zoo.tensor(Uint32Array.of(2 ** 32 - 1))).toThrow('element 0 is 4294967295');
  });

  test('integers are not added up, because the sum could leave that range unseen', () => {
    const x = zoo.tensor(Int32Array.of(1));
    expect(() => add(x, x)).toThrow(expect.objectContaining({ code: 'no-kernel', details: expect.anything() }));
  });

  test('a pad value may be infinite', async () => {
    const y = pad(zoo.tensor([1]), { pad: [1, 0], value: -Infinity });
    expect(await y.array()).toEqual([-Infinity, 1]);
  });
});

describe('memory', () => {
  test('more elements than float32 counts are refused, whatever they are', () => {
    expect(() => zoo.zeros([2 ** 24 + 1])).toThrow(expect.objectContaining({ code: 'device' }));
    expect(() => zoo.zeros([2 ** 24 + 1], 'u8')).toThrow('one tensor holds at most 16777216 elements, got 16777217');
  });

  test('counts come back to where they were, and intermediates with them', async () => {
    const a = zoo.ones([5, 7]);
    const start = zoo.memory();
    for (let i = 0; i < 50; i++) {
      const y = zoo.scope(() => matmul(a.mul(i), a, { transposeB: true }).mean([0]).cumsum(0));
      expect(y.dataSync()[4]).toBe(i * 35);
      y.dispose();
    }
    const { tensors, buffers, bytes } = zoo.memory();
    expect({ tensors, buffers, bytes }).toEqual({
      tensors: start.tensors,
      buffers: start.buffers,
      bytes: start.bytes,
    });
  });

  test('what the device holds in all stays level when the same is done again', () => {
    const step = () => zoo.scope(() => sum(zoo.ones([40, 30]).mul(2), { dim: [0] })).dispose();
    step();
    const { reservedBytes } = zoo.memory();
    for (let i = 0; i < 1000; i++) step();
    expect(zoo.memory().reservedBytes).toBe(reservedBytes);
  });

  test('compiled kernels are bounded', () => {
    const kernels = () => (zoo.memory() as { kernels?: number }).kernels;
    for (let n = 1; n <= 520; n++) zoo.ones([n]).neg().dispose();
    expect(kernels()).toBe(512);
    expect(zoo.ones([1]).neg().dataSync()).toEqual(Float32Array.of(-1));
  }, 30_000);

  test('many inputs are joined in groups', async () => {
    const parts = Array.from({ length: 23 }, (_, i) => zoo.full([2, (i % 3) + 1], i));
    const row = parts.flatMap((_, i) => new Array<number>((i % 3) + 1).fill(i));
    expect(await concat(parts, { dim: 1 }).array()).toEqual([row, row]);
  });
});
