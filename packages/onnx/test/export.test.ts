import { describe, expect, test } from '@jest/globals';
import {
  AbortError,
  AttrError,
  createZoo,
  definePlugin,
  defineOp,
  DTYPES,
  implement,
  matmul,
  NoKernelError,
  ShapeError,
  tensor,
  TraceError,
  type DeviceFactory,
  type Plugin,
  type Spec,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { exportOnnx, inspectOnnx, UnsupportedError, type OnnxRule } from '../src/index';
import { run } from './ort-node';

const open = (plugins: readonly Plugin[] = []) => createZoo({ device: cpu(), plugins, log: () => undefined });
const f32 = (...shape: number[]): Spec => ({ shape, dtype: 'f32' });
const filled = (...shape: number[]) => ({
  ...f32(...shape),
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
});

/** Runs a file of `fn` and `fn` itself on the same inputs. */
async function both(
  zoo: Zoo,
  bytes: Uint8Array,
  fn: (...x: Tensor[]) => Tensor,
  ...inputs: ReturnType<typeof filled>[]
) {
  const names = inputs.length === 1 ? ['input'] : inputs.map((_, i) => `input_${i}`);
  const { output } = await run(bytes, Object.fromEntries(inputs.map((input, i) => [names[i]!, input])));
  const wanted = await fn(...inputs.map(({ values, shape }) => zoo.tensor(values, { shape }))).data();
  return { output: Array.from(output!), wanted: Array.from(wanted) };
}

describe('open sizes', () => {
  test('products, sums and slices of symbols hold at sizes that were never traced', async () => {
    await using zoo = await open();
    const fn = (x: Tensor, y: Tensor) => {
      const [N, T, D] = x.shape as [number, number, number];
      const rows = x
        .reshape([N * T, D])
        .add(1)
        .reshape([N, T * D]);
      const joined = rows.reshape([N, T, D]).slice(1, 0, T - 1);
      return joined
        .add(y.slice(1, 1))
        .sum([1])
        .mul(x.zoo.full([N, D], 2));
    };
    const dynamic = { input_0: { 0: 'N', 1: 'T' }, input_1: { 0: 'N', 1: 'T' } };
    const { bytes, inputs, outputs } = await exportOnnx(zoo, fn, [f32(1, 4, 3), f32(1, 4, 3)], { dynamic });
    expect(inputs[0]!.dims).toEqual(['N', 'T', 3]);
    expect(outputs[0]!.dims).toEqual(['N', 3]);
    for (const [N, T] of [
      [1, 2],
      [5, 9],
      [7, 31],
    ] as const) {
      const { output, wanted } = await both(zoo, bytes, fn, filled(N, T, 3), filled(N, T, 3));
      output.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 4));
    }
  });

  test('a slice that only longer inputs reach cuts them', async () => {
    await using zoo = await open();
    const fn = (x: Tensor) => x.slice(0, 0, 100).sum([0]);
    const { bytes } = await exportOnnx(zoo, fn, [f32(2, 3)], { dynamic: { input: { 0: 'N' } } });
    const { output, wanted } = await both(zoo, bytes, fn, filled(150, 3));
    output.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 4));
  });

  test('a size that decides what happens is refused', async () => {
    await using zoo = await open();
    const branching = (x: Tensor) => (x.shape[0]! > 2 ? x.exp() : x.neg());
    const written = exportOnnx(zoo, branching, [f32(1, 3)], { dynamic: { input: { 0: 'N' } } });
    await expect(written).rejects.toThrow(TraceError);
    const halved = (x: Tensor) => x.slice(0, 0, Math.floor(x.shape[0]! / 2));
    await expect(exportOnnx(zoo, halved, [f32(4, 3)], { dynamic: { input: { 0: 'N' } } })).rejects.toThrow(
      'polynomial',
    );
    const averaged = (x: Tensor) => x.mul(1 / x.shape[0]!);
    await expect(exportOnnx(zoo, averaged, [f32(4, 3)], { dynamic: { input: { 0: 'N' } } })).rejects.toThrow(
      'other values',
    );
  });
});

describe('refusals', () => {
  test('everything that cannot be written is named at once, with the modules that led there', async () => {
    const lost = ['first', 'second'].map((name) =>
      defineOp({ name: `lost.${name}`, version: 1, inputs: [tensor('x')], shape: ([x]) => x }),
    );
    await using zoo = await open();
    const fn = (x: Tensor) => lost.reduce((y, op) => op(y) as Tensor, x);
    const error = await exportOnnx(zoo, fn, [f32(2)]).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NoKernelError);
    expect((error as Error).message).toMatch(/lost\.first.*lost\.second/);
  });

  test('operators that the operator set lacks are named with their place', async () => {
    const odd = defineOp({ name: 'odd.mish', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
    const onnx: OnnxRule = { lower: (call) => call.add('Mish', [call.add('Mush', call.ins)]) };
    implement(odd, { onnx });
    await using zoo = await open();
    const error = await exportOnnx(zoo, (x) => odd(x), [f32(2)]).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect((error as Error).message).toMatch(/17 lacks Mush.*Mish/);
    await expect(exportOnnx(zoo, (x) => odd(x), [f32(2)], { opset: 18 })).rejects.toThrow('lacks Mush at "Mush".');
  });

  test.each([
    ['opset', { opset: 16 }],
    ['form', { form: 'loose' }],
    ['weights', { weights: 'f8' }],
    ['inputNames', { inputNames: ['a', 'b'] }],
    ['outputNames', { outputNames: ['input'] }],
    ['inputNames', { inputNames: ['__proto__ '] }],
  ])('%s: %j', async (argument, options) => {
    await using zoo = await open();
    const error = await exportOnnx(zoo, (x) => x.exp(), [f32(2)], options as never).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AttrError);
    expect((error as AttrError).details.argument).toBe(argument);
  });

  test('inputs that do not exist, data that is read, and a signal', async () => {
    await using zoo = await open();
    const exp = (x: Tensor) => x.exp();
    await expect(exportOnnx(zoo, exp, [f32(2)], { dynamic: { nobody: { 0: 'N' } } })).rejects.toThrow(ShapeError);
    await expect(exportOnnx(zoo, exp, [f32(2)], { dynamic: { input: { 3: 'N' } } })).rejects.toThrow(ShapeError);
    await expect(exportOnnx(zoo, (x) => x.mul(x.dataSync()[0]!), [f32(2)])).rejects.toThrow(TraceError);
    await expect(exportOnnx(zoo, exp, [f32(2)], { signal: AbortSignal.abort() })).rejects.toThrow(AbortError);
    expect(zoo.memory().tensors).toBe(0);
  });
});

describe('plugins', () => {
  const squash = defineOp({ name: 'demo.squash', version: 3, inputs: [tensor('x')], shape: ([x]) => x });
  implement(squash, { composite: ([x]) => x.mul(x).add(1).rsqrt().mul(x) });
  const plugin = definePlugin({
    name: 'demo',
    api: 1,
    license: 'MIT',
    paper: { title: 'A demonstration', authors: 'Nobody', year: 2026, venue: 'None', arxiv: '0000.00000', code: '' },
    ops: [squash],
  });

  test('an op of composites alone is written flat, and as a function, with no code of its own', async () => {
    await using zoo = await open([plugin]);
    const fn = (x: Tensor) => squash(squash(x).mul(3));
    const flat = await exportOnnx(zoo, fn, [f32(2, 5)]);
    const file = await exportOnnx(zoo, fn, [f32(2, 5)], { form: 'functions' });
    expect([flat.nodes, file.nodes]).toEqual([11, 3]);
    // The function holds its constants itself; what is left is the factor 3.
    expect(inspectOnnx(file.bytes).parameters).toBe(1);
    expect(inspectOnnx(file.bytes).opsets).toMatchObject({ 'ai.paperzoo.demo': 3 });
    for (const { bytes } of [flat, file]) {
      const { output, wanted } = await both(zoo, bytes, fn, filled(2, 5));
      output.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
    }
  });
});

describe('weights', () => {
  const values = Float32Array.from({ length: 64 * 48 }, (_, i) => Math.cos(i) / 8);

  test('equal ones are one, and nothing of the trace stays', async () => {
    await using zoo = await open();
    const [a, b] = [zoo.tensor(values, { shape: [64, 48] }), zoo.tensor(values, { shape: [64, 48] })];
    const file = await exportOnnx(zoo, (x) => x.add(a).mul(b), [f32(64, 48)]);
    expect(file.bytes.length).toBeLessThan(values.byteLength + 2_000);
    expect(zoo.memory().tensors).toBe(2);
  });

  test('as float16 they take half, and are what float16 can hold', async () => {
    await using zoo = await open();
    const w = zoo.tensor(values, { shape: [64, 48] });
    const fn = (x: Tensor) => matmul(x, w);
    const file = await exportOnnx(zoo, fn, [f32(3, 64)], { weights: 'f16' });
    expect(file.bytes.length).toBeLessThan(values.byteLength / 2 + 2_000);
    const { output, wanted } = await both(zoo, file.bytes, fn, filled(3, 64));
    output.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan((64 * 2 ** -12) / 8));
    const huge = zoo.tensor(new Float32Array(64).fill(7e4));
    await expect(exportOnnx(zoo, (x) => x.add(huge), [f32(64)], { weights: 'f16' })).rejects.toThrow('float16');
  });

  test('beside the model, in order and aligned', async () => {
    await using zoo = await open();
    const w = zoo.tensor(values, { shape: [64, 48] });
    const fn = (x: Tensor) => matmul(x, w).add(w);
    const file = await exportOnnx(zoo, fn, [f32(64, 64)], { externalData: 'w.bin' });
    expect(file.bytes.length).toBeLessThan(2_000);
    const [external] = file.externalData!;
    expect(external).toMatchObject({ name: 'w.bin', size: values.byteLength });
    const chunks: number[] = [];
    for await (const chunk of external!.chunks()) chunks.push(...chunk);
    expect(new Float32Array(Uint8Array.from(chunks).buffer)).toEqual(values);
    await expect(exportOnnx(zoo, fn, [f32(64, 64)], { externalData: '../w.bin' })).rejects.toThrow('plain file name');
  });
});

test('the same function gives the same bytes, on whatever device it is traced', async () => {
  const write = async (device: DeviceFactory) => {
    await using zoo = await createZoo({ device });
    const w = zoo.tensor(new DTYPES.f32.array(new ArrayBuffer(64)).fill(0.5));
    return (await exportOnnx(zoo, (x) => x.add(w).softmax(-1), [f32(3, 16)])).bytes;
  };
  expect(await write(cpu())).toEqual(await write(cpu()));
  expect(await write(wasm())).toEqual(await write(cpu()));
});
