import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createZoo, ShapeError, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { BatchNorm1d, BatchNorm2d, Conv2d, foldBnLinear, foldConvBn, Linear, type NormValues } from '../src/index';
import { loopCases } from './cases/loop';
import { fixtures } from './read-upstream';

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu() });
});
afterAll(() => zoo.dispose());

const wave = (n: number, phase: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + phase));
const load = (bn: BatchNorm2d | BatchNorm1d): NormValues => {
  const values = {
    weight: wave(bn.channels, 1),
    bias: wave(bn.channels, 2),
    running_mean: wave(bn.channels, 3),
    running_var: wave(bn.channels, 4).map((v) => v * v + 0.1),
  };
  bn.loadStateDict(Object.fromEntries(Object.entries(values).map(([k, data]) => [k, { shape: [bn.channels], data }])));
  return { ...values, eps: bn.eps };
};

test('train mode normalises with the biased batch variance and moves unbiased running statistics', async () => {
  const before = zoo.memory().buffers;
  expect(await loopCases['batch norm in train mode']!({ zoo, fixtures })).toEqual([]);
  expect(zoo.memory().buffers).toBe(before);
});

test('no statistics of a batch stay behind', () => {
  const bn = new BatchNorm2d(3).initialize().train();
  const x = zoo.ones([2, 3, 2, 2]);
  const before = zoo.memory().buffers;
  for (let i = 0; i < 2; i++) {
    zoo.scope(() => bn(x)).dispose();
    // The four parameters.
    expect(zoo.memory().buffers - before).toBe(4);
  }
  x.dispose();
  bn.dispose();
});

test('tracing in train mode changes no statistics', () => {
  const bn = new BatchNorm2d(3).initialize().train();
  zoo.trace((x) => bn(x), [{ shape: [2, 3, 2, 2], dtype: 'f32' }]);
  expect(bn.num_batches_tracked.value).toBe(0);
  bn.dispose();
});

test('one value per channel cannot be normalised in train mode', () => {
  const bn = new BatchNorm2d(3).initialize();
  const x = zoo.ones([1, 3, 1, 1]);
  zoo.scope(() => bn(x)).dispose();
  bn.train();
  expect(() => zoo.scope(() => bn(x))).toThrow(/more than one value/);
  expect(bn.num_batches_tracked.value).toBe(0);
  x.dispose();
  bn.dispose();
});

test('rank and channels are checked', () => {
  const x = zoo.ones([2, 3]);
  expect(() => new BatchNorm2d(3).initialize()(x)).toThrow(ShapeError);
  expect(() => new BatchNorm1d(4).initialize()(x)).toThrow(/\[batch, 4\]/);
  x.dispose();
});

test('a folded convolution equals convolution and norm', async () => {
  const conv = new Conv2d(4, 6, 3, { groups: 2, padding: 1 }).initialize({ seed: 1 });
  const bn = new BatchNorm2d(6);
  const weight = (await conv.weight.host()).toF32();
  const bias = (await conv.bias!.host()).toF32();
  const folded = foldConvBn(weight, bias, load(bn));
  const one = new Conv2d(4, 6, 3, { groups: 2, padding: 1 });
  one.loadStateDict({
    weight: { shape: one.weight.shape, data: Float32Array.from(folded.weight) },
    bias: { shape: [6], data: Float32Array.from(folded.bias) },
  });
  const x = zoo.tensor(wave(2 * 4 * 25, 0), { shape: [2, 4, 5, 5] });
  const [a, b] = zoo.scope(() => [bn(conv(x)), one(x)] as const);
  const [expected, got] = [await a.data(), await b.data()];
  got.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6));
  for (const owned of [x, a, b, conv, bn, one]) owned.dispose();
});

test('a folded classifier equals norm and linear layer', async () => {
  const bn = new BatchNorm1d(5);
  const linear = new Linear(5, 3).initialize({ seed: 2 });
  const [weight, bias] = [(await linear.weight.host()).toF32(), (await linear.bias!.host()).toF32()];
  const folded = foldBnLinear(load(bn), weight, bias);
  const x = zoo.tensor(wave(10, 0), { shape: [2, 5] });
  const y = zoo.scope(() => linear(bn(x)));
  const expected = await y.data();
  const input = await x.data();
  for (let b = 0; b < 2; b++) {
    for (let o = 0; o < 3; o++) {
      let sum = folded.bias[o]!;
      for (let i = 0; i < 5; i++) sum += folded.weight[o * 5 + i]! * input[b * 5 + i]!;
      expect(Math.abs(sum - expected[b * 3 + o]!)).toBeLessThan(1e-5);
    }
  }
  for (const owned of [x, y, bn, linear]) owned.dispose();
});

test('folding refuses weights that do not divide', () => {
  const norm = load(new BatchNorm1d(4));
  expect(() => foldConvBn(new Float32Array(6), undefined, norm)).toThrow(/do not divide/);
  expect(() => foldBnLinear(norm, new Float32Array(6), undefined)).toThrow(/do not divide/);
});
