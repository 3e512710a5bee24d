import { createZoo, type Tensor, type Zoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rotary } from '../src/models/rotary';
import { windowedAttention } from '../src/models/windowed-attention';

// What a graph does with the tokens seen as data is what a call does with them as numbers.
let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: wasm() });
});
afterAll(() => zoo.dispose());

const waves = (shape: readonly number[], step: number): Tensor =>
  zoo.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(step * i + 1)),
    { shape },
  );
const seenAs = (counts: readonly number[]) => zoo.tensor(Int32Array.from(counts));

async function furthest(a: Tensor, b: Tensor): Promise<number> {
  const [x, y] = [await a.data(), await b.data()];
  expect(a.shape).toEqual(b.shape);
  return Math.max(...Array.from(x, (value, i) => Math.abs(value - y[i]!)));
}

test.each([[[0, 0]], [[0, 7]], [[2047, 500]], [[65_000, 40_001]]])('rotations from %j on', async (counts) => {
  for (const theta of [1e4, 100, 1e6]) {
    const x = waves([2, 9, 3, 16], 0.7);
    const wanted = rotary(x, counts, theta)(x);
    // Angles grow to tens of thousands, where float32 alone would be off by thousandths.
    expect(await furthest(rotary(x, seenAs(counts), theta)(x), wanted)).toBeLessThan(3e-6);
  }
});

test.each<[string, number, number, readonly number[], number | null]>([
  ['from the beginning', 7, 0, [0, 0], null],
  ['after others', 5, 6, [6, 6], null],
  ['rows that have seen fewer', 5, 6, [6, 2], null],
  ['one token', 1, 6, [9, 3], null],
  ['a window', 9, 3, [3, 1], 4],
  ['a window of one', 4, 0, [5, 0], 1],
  ['a window that is not full', 3, 5, [1, 0], 6],
])('what is seen: %s', async (_, T, L, counts, window) => {
  const [q, k, v] = [waves([2, 2, 2, T, 8], 0.9), waves([2, 2, 1, L + T, 8], 0.5), waves([2, 2, 1, L + T, 8], 0.3)];
  const wanted = windowedAttention(q, k, v, { length: L, seen: counts }, window);
  const got = windowedAttention(q, k, v, { length: L, seen: seenAs(counts) }, window);
  expect(await furthest(got, wanted)).toBeLessThan(1e-6);
});
