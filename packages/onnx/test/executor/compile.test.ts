import { add, createZoo, matmul, relu, softmax, type GraphSource, type Tensor, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ort, type CompileProgress } from '../../src/index';

let zoo: Zoo;
let weight: Tensor;
let layer: GraphSource<(x: Tensor) => Tensor>;
let step: GraphSource<(x: Tensor, state: Tensor) => readonly [Tensor, Tensor]>;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu() });
  weight = zoo.tensor([1, -2, 3, 4, 5, -6], { shape: [2, 3] });
  layer = {
    fn: (x) => relu(matmul(x, weight)),
    inputs: [{ name: 'x', shape: ['N', 2], dtype: 'f32' }],
    outputs: ['y'],
  };
  step = {
    fn: (x, state) => {
      const next = add(state, x);
      return [softmax(next, { dim: -1 }), next];
    },
    inputs: [
      { name: 'x', shape: ['N', 2], dtype: 'f32' },
      { name: 'state', shape: ['N', 2], dtype: 'f32' },
    ],
    outputs: ['y', 'next'],
  };
});
afterAll(() => zoo.dispose());

const codeOf = (promise: Promise<unknown>): Promise<[string, string]> =>
  promise.then(
    () => ['none', ''],
    (error: { code: string; message: string }) => [error.code, error.message],
  );

describe.each(['wasm', 'node'] as const)('on %s', (backend) => {
  const executor = ort({ backend });

  test('a function gives what it gives here, with any number of rows', async () => {
    const compiled = await zoo.compile(layer, { executor });
    for (const rows of [1, 3]) {
      using x = zoo.tensor(
        Array.from({ length: 2 * rows }, (_, i) => i - 2),
        { shape: [rows, 2] },
      );
      using y = await compiled(x);
      using expected = layer.fn(x);
      expect(y.shape).toEqual([rows, 3]);
      expect(await y.array()).toEqual(await expected.array());
    }
    await compiled.dispose();
  });

  test('several outputs come as a list, and a state goes round without leaving the runtime', async () => {
    const compiled = await zoo.compile(step, { executor, held: ['next'] });
    using x = zoo.tensor([[1, 2]]);
    using zero = zoo.zeros([1, 2]);
    const { tensors } = zoo.memory();
    const pair = await compiled(x, zero);
    expect(await pair[1].array()).toEqual([[1, 2]]);
    for (const each of pair) each.dispose();

    let [y, state] = await compiled.run([x, zero]);
    for (let n = 2; n <= 6; n++) {
      const [next, after] = await compiled.run([x, state!]);
      for (const old of [y!, state!]) old.dispose();
      [y, state] = [next, after];
      expect([...(await state!.data())]).toEqual([n, 2 * n]);
    }
    // Only the held state is no tensor of the zoo.
    expect(zoo.memory().tensors).toBe(tensors + 1);
    expect((await y!.data())[1]).toBeCloseTo(1 / (1 + Math.exp(-6)), 6);
    y!.dispose();
    state!.dispose();
    expect(await codeOf(compiled.run([x, state!]))).toEqual(['disposed', expect.stringContaining('"next"')]);
    expect(zoo.memory().tensors).toBe(tensors);
    await compiled.dispose();
  });

  test('calls that overlap wait for each other', async () => {
    const compiled = await zoo.compile(layer, { executor, sizes: { N: 1 } });
    const xs = [1, 2, 3, 4].map((v) => zoo.tensor([[v, 0]]));
    const ys = await Promise.all(xs.map((x) => compiled(x)));
    expect(await Promise.all(ys.map(async (y) => (await y.data())[0]))).toEqual([1, 2, 3, 4]);
    for (const each of [...xs, ...ys]) each.dispose();
    await compiled.dispose();
  });

  test('weights that have changed are not taken from the cache', async () => {
    const change = async (value: number) => {
      const scale = zoo.full([2], value);
      const source: GraphSource<(x: Tensor) => Tensor> = { ...layer, fn: (x) => add(x, scale) };
      const compiled = await zoo.compile(source, { executor });
      using x = zoo.zeros([1, 2]);
      const y = await compiled(x);
      const got = await y.data();
      for (const each of [y, scale]) each.dispose();
      await compiled.dispose();
      return [...got];
    };
    expect(await change(1)).toEqual([1, 1]);
    expect(await change(2)).toEqual([2, 2]);
  });

  test('a graph compiled twice is one session, which ends with the second', async () => {
    const [first, second] = await Promise.all([zoo.compile(layer, { executor }), zoo.compile(layer, { executor })]);
    using x = zoo.ones([1, 2]);
    await first.dispose();
    await first.dispose();
    (await second(x)).dispose();
    await second.dispose();
    expect(await codeOf(second(x))).toEqual(['disposed', expect.stringContaining('disposed')]);
  });

  test('inputs that do not fit are told by name', async () => {
    const compiled = await zoo.compile(step, { executor });
    using x = zoo.zeros([1, 2]);
    using tall = zoo.zeros([3, 2]);
    using wide = zoo.zeros([1, 3]);
    using whole = zoo.zeros([1, 2], 'i32');
    expect(await codeOf(compiled.run([x]))).toEqual(['attr', expect.stringMatching(/2 inputs \(x, state\), got 1/)]);
    expect(await codeOf(compiled(x, wide))).toEqual([
      'shape',
      expect.stringMatching(/"state" must be \[N, 2\], got \[1, 3\]/),
    ]);
    expect(await codeOf(compiled(x, tall))).toEqual(['shape', expect.stringMatching(/N is 1 in "x" and 3 in "state"/)]);
    expect(await codeOf(compiled(whole, x))).toEqual(['dtype', expect.stringMatching(/"x" must be f32, got i32/)]);
    for (const each of await compiled(x, x)) each.dispose();
    await compiled.dispose();
  });

  test('progress ends with the session; an abort before and during it is an AbortError', async () => {
    const seen: CompileProgress['phase'][] = [];
    const compiled = await zoo.compile(layer, { executor, onProgress: ({ phase }) => seen.push(phase) });
    expect(seen.slice(-2)).toEqual(['session', 'session']);
    await compiled.dispose();
    expect((await codeOf(zoo.compile(layer, { executor, signal: AbortSignal.abort() })))[0]).toBe('abort');
    const late = new AbortController();
    const onProgress = ({ phase }: CompileProgress) => phase === 'session' && late.abort();
    expect((await codeOf(zoo.compile(layer, { executor, onProgress, signal: late.signal })))[0]).toBe('abort');
  });

  test('a file is run, and a bad one refused', async () => {
    const { bytes } = await import('../../src/index').then(({ exportOnnx }) =>
      exportOnnx(zoo, layer.fn, [{ shape: [1, 2], dtype: 'f32' }]),
    );
    const opened = await executor.open(zoo, { bytes });
    using x = zoo.ones([1, 2]);
    const [y] = await opened(x);
    expect(await y!.array()).toEqual([[5, 3, 0]]);
    y!.dispose();
    await opened.dispose();
    const refused = await codeOf(executor.open(zoo, { bytes: bytes.subarray(0, 40), file: 'cut.onnx' }));
    expect(refused).toEqual(['format', expect.stringContaining('cut.onnx')]);
  });
});

describe('what cannot be', () => {
  test('an unknown back-end, threads that change, WebGPU where there is none', async () => {
    const bad = (options: object) => codeOf(zoo.compile(layer, { executor: ort(options) }));
    expect(await bad({ backend: 'cuda' })).toEqual(['attr', expect.stringMatching(/wasm, webgpu, node/)]);
    expect(await bad({ threads: 0 })).toEqual(['attr', expect.stringMatching(/threads/)]);
    expect(await bad({ threads: 2 })).toEqual(['device', expect.stringMatching(/1 thread\(s\) already/)]);
    expect(await bad({ backend: 'webgpu' })).toEqual(['device', expect.stringMatching(/WebGPU|GPU/)]);
  });

  test('an output to hold that is not there', async () => {
    const compile = zoo.compile(step, { executor: ort(), held: ['ghost'] });
    expect(await codeOf(compile)).toEqual(['attr', expect.stringMatching(/"ghost"; outputs are y, next/)]);
  });
});
