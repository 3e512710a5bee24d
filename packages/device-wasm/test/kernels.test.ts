import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as core from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm, type WasmOptions } from '../src/index';

const ops = Object.values<unknown>({ ...core }).filter(
  (value): value is core.Op => typeof value === 'function' && 'inputs' in value && 'shape' in value,
);
const elements = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Values that look random and are the same every time. */
function fill(
  zoo: core.Zoo,
  { shape, dtype = 'f32', fill = 'normal', below = 3 }: core.SampleInput,
  seed: number,
): core.Tensor {
  const value = (i: number) => {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    const u = ((h ^ (h >>> 13)) >>> 0) / 4294967296;
    return fill === 'index' ? Math.floor(u * below) : fill === 'positive' ? u + 0.1 : 4 * u - 2;
  };
  const values = typeof fill === 'string' ? Array.from({ length: elements(shape) }, (_, i) => value(i)) : [...fill];
  return zoo.tensor(values, { shape, dtype });
}

/** The same call on both devices; throws where elements differ by more than the op's tolerance. */
async function compare(
  zoo: core.Zoo,
  truth: core.Zoo,
  op: core.Op,
  ins: readonly (core.SampleInput | null)[],
  given?: object,
) {
  const attrs = core.resolveAttrs(op.name, op.attrs, given);
  const run = (on: core.Zoo) =>
    on.scope(() =>
      [
        core.applyOp(
          op,
          ins.map((input, i) => (input ? fill(on, input, i) : undefined)),
          attrs,
        ),
      ].flat(),
    );
  const results = [run(zoo), run(truth)] as const;
  for (const [k, y] of results[0].entries()) {
    const expected = results[1][k]!;
    expect([y.shape, y.dtype]).toEqual([expected.shape, expected.dtype]);
    const [got, want] = [await y.data(), await expected.data()];
    const { rel, abs } = op.implementation.tolerance ?? { rel: 1e-6, abs: 1e-6 };
    for (let i = 0; i < want.length; i++) {
      const fits =
        Object.is(got[i]! + 0, want[i]! + 0) || Math.abs(got[i]! - want[i]!) <= abs + rel * Math.abs(want[i]!);
      if (!fits) throw new Error(`${op.name} ${JSON.stringify(ins)}: element ${i} is ${got[i]}, should be ${want[i]}`);
    }
  }
  for (const y of results.flat()) y.dispose();
}

describe.each<[string, WasmOptions]>([
  ['one thread, guarded', { debug: true }],
  ['two threads', { threads: 2 }],
])('%s', (_name, options) => {
  let zoo: core.Zoo;
  let truth: core.Zoo;
  beforeAll(async () => {
    zoo = await core.createZoo({ device: wasm(options), log: () => undefined });
    truth = await core.createZoo({ device: cpu({ precision: 'f64' }) });
  });
  afterAll(async () => {
    expect(zoo.memory()).toMatchObject({ tensors: 0, bytes: 0, packedBytes: 0 });
    await zoo.dispose();
    await truth.dispose();
  });

  test.each(ops.map((op) => [op.name, op] as const))('%s: samples', async (_op, op) => {
    for (const { ins, attrs } of op.samples?.() ?? []) await compare(zoo, truth, op, ins, attrs);
  });

  const BIG = [3, 20, 301];
  test.each(([
    ['unary', core.exp, [BIG]],
    ['same shapes', core.add, [BIG, BIG]],
    ['number', core.mul, [BIG, []]],
    ['row', core.sub, [BIG, [301]]],
    ['channel', core.mul, [BIG, [20, 1]]],
    ['both spread', core.maximum, [[60, 1, 33], [1, 9, 1]]],
    ['four axes', core.add, [[5, 6, 7, 8], [5, 1, 7, 1]]],
    ['comparison', core.lt, [BIG, [20, 1]]],
    ['rows', core.sum, [BIG], { dim: [2] }],
    ['columns', core.sum, [BIG], { dim: [0, 1] }],
    ['everything', core.mean, [BIG]],
    ['apart', core.amax, [[20, 30, 31]], { dim: [0, 2] }],
    ['middle', core.amin, [[20, 30, 31]], { dim: [1] }],
    ['softmax rows', core.softmax, [BIG], { dim: -1 }],
    ['softmax columns', core.logSoftmax, [BIG], { dim: 1 }],
    ['layer norm', core.layerNorm, [BIG, [301], [301]], { normalizedShape: [301] }],
    ['batch norm', core.batchNorm, [[2, 13, 31, 23], [13], [13], [13], [13]], {}],
    ['transpose', core.permute, [[131, 127]], { dims: [1, 0] }],
    ['to channels last', core.permute, [[2, 18, 21, 23]], { dims: [0, 2, 3, 1] }],
    ['to channels first', core.permute, [[2, 51, 53, 3]], { dims: [0, 3, 1, 2] }],
    ['heads', core.permute, [[3, 30, 7, 33]], { dims: [0, 2, 1, 3] }],
    ['reversed', core.permute, [[9, 10, 11, 17]], { dims: [3, 2, 1, 0] }],
    ['strided slice', core.slice, [[30, 601]], { dim: 1, start: 3, step: 7 }],
    ['flip', core.flip, [[30, 601]], { dims: [0, 1] }],
    ['pad', core.pad, [[10, 41, 43]], { pad: [1, 2, 3, -4], value: 0.5 }],
    ['reflect', core.pad, [[5, 41, 43]], { pad: [7, 9, 12, 3], mode: 'reflect' }],
    ['concat', core.concat, [[40, 3, 50], [40, 9, 50], [40, 1, 50]], { dim: 1 }],
    ['cumsum', core.cumsum, [[30, 601]], { dim: 1 }],
    ['argmax', core.argmax, [BIG], { dim: 1 }],
    ['max pool', core.maxPool2d, [[2, 9, 37, 35]], { kernelSize: [3], stride: [2], padding: [1] }],
    ['resize', core.interpolate, [[1, 5, 23, 21]], { size: [41, 34], mode: 'bicubic' }],
  ] as [string, core.Op, (readonly number[])[], object?][]).map(([name, op, shapes, attrs]) => ({ name, op, shapes, attrs })))('large: $name', async ({ op, shapes, attrs }) => {
    const positive = op === core.batchNorm;
    await compare(zoo, truth, op, shapes.map((shape, i) => ({ shape, fill: positive && i === 2 ? 'positive' : 'normal' })), attrs);
  }); // prettier-ignore

  test('integers', async () => {
    const check = async (run: (on: core.Zoo) => core.Tensor) => {
      const results = [zoo, truth].map((on) => on.scope(() => run(on)));
      const [got, want] = await Promise.all(results.map((y) => y.data()));
      expect(got).toEqual(want);
      for (const y of results) y.dispose();
    };
    const a = [7, -7, 5, -(2 ** 31), 2 ** 31 - 1, 0, 3, -1, 65536];
    const b = [2, 2, 0, -1, 2, -3, -2, -5, 65537];
    const pair = (on: core.Zoo) => [on.tensor(a, { dtype: 'i32' }), on.tensor(b, { dtype: 'i32' })] as const;
    for (const op of [core.add, core.sub, core.mul, core.div, core.pow, core.maximum, core.minimum, core.lt, core.ge]) {
      await check((on) => op(...pair(on)));
    }
    for (const op of [core.neg, core.abs, core.sign, core.relu]) await check((on) => op(pair(on)[0]));
    await check((on) => core.sum(pair(on)[0]));
    await check((on) => core.cumsum(pair(on)[1], { dim: 0 }));
    await check((on) => core.add(on.tensor([[1], [2]], { dtype: 'i32' }), on.tensor([10, 20, 30], { dtype: 'i32' })));
    await check((on) => core.gather(pair(on)[0], on.tensor([2, 9, -1], { dtype: 'i32' }), { dim: 0 }));
    await check((on) => core.indexSelect(on.tensor([[1, 2], [3, 4]]), on.tensor([1, 2, -1], { dtype: 'i32' }), { dim: 1 })); // prettier-ignore
    for (const dtype of ['u8', 'u32', 'f32', 'bool'] as const) await check((on) => core.cast(pair(on)[0], { dtype }));
    for (const dtype of ['i32', 'u32', 'u8', 'bool'] as const) {
      await check((on) => core.cast(on.tensor([NaN, -Infinity, 1e20, -1.5, 254.9, 256, 0, 2 ** 31]), { dtype }));
    }
    await check((on) => core.permute(on.tensor([[1, 2, 3], [4, 5, 6]], { dtype: 'u8' }), { dims: [1, 0] })); // prettier-ignore
    await check((on) => core.pad(on.tensor([1, 2, 3], { dtype: 'u8' }), { pad: [1, 2], value: 9 }));
  });

  test('NaN and infinity spread as in the reference', async () => {
    const rows = [1, NaN, 3, Infinity, -Infinity, 0, -0, 5, 2].map((x, i) => [x, i]);
    for (const op of [core.amax, core.amin, core.sum, core.prod, core.mean]) {
      for (const dim of [[0], [1], null]) {
        await compare(zoo, truth, op, [{ shape: [9, 2], fill: rows.flat() }], { dim });
      }
    }
    const specials = [0, -0, 1, -1, 2, -2, 0.5, Infinity, -Infinity, NaN, 3, -3, 1e30, -1e30];
    const grid = specials.flatMap((x) => specials.map((y) => [x, y]));
    const pairs = [0, 1].map((k) => ({ shape: [grid.length], fill: grid.map((p) => p[k]!) }));
    for (const op of [core.pow, core.maximum, core.minimum, core.div, core.lt, core.eq, core.ne, core.ge]) {
      await compare(zoo, truth, op, pairs);
    }
    await compare(zoo, truth, core.softmax, [{ shape: [2, 3], fill: [NaN, 0, 1, -Infinity, 0, -Infinity] }], {
      dim: 1,
    });
    await compare(zoo, truth, core.argmax, [{ shape: [2, 3], fill: [0, NaN, 9, 4, 4, 1] }], { dim: 1 });
  });
});
