import { expect, test } from '@jest/globals';
import { Philox } from '../src/index';

const hex = (words: ArrayLike<number>) => Array.from(words, (w) => w.toString(16).padStart(8, '0'));

// Known answers published with the authors' library, Random123.
test("the authors' known answers", () => {
  expect(hex(new Philox(0).block(0))).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']);
  const seed = 0xa4093822 + (0x299f31d0 & 0x1fffff) * 2 ** 32;
  // The full vectors use 64-bit words that numbers cannot hold; the parts that fit are checked against an exact computation.
  for (const [index, stream] of [
    [0x243f6a88, 5],
    [2 ** 40 + 3, 2 ** 33 + 1],
  ] as const) {
    // prettier-ignore
    expect([...new Philox(seed, stream).block(index)]).toEqual(exact(index, stream, seed));
  }
});

/** The definition on big integers. */
function exact(index: number, stream: number, seed: number): number[] {
  const mask = 0xffffffffn;
  const split = (n: number) => [BigInt(n) & mask, BigInt(n) >> 32n] as const;
  let [[c0, c1], [c2, c3], [k0, k1]] = [split(index), split(stream), split(seed)];
  for (let round = 0; round < 10; round++) {
    const [p0, p1] = [c0 * 0xd2511f53n, c2 * 0xcd9e8d57n];
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    [k0, k1] = [(k0 + 0x9e3779b9n) & mask, (k1 + 0xbb67ae85n) & mask];
  }
  return [c0, c1, c2, c3].map(Number);
}

test('any part of a stream can be drawn by itself', () => {
  const random = new Philox(7, 3);
  const all = random.words(41);
  expect(random.words(9, 13)).toEqual(all.slice(13, 22));
  expect(random.normal(5, 6)).toEqual(random.normal(11).slice(6));
  expect(new Philox(7, 4).words(4)).not.toEqual(random.words(4));
});

test('draws have their moments', () => {
  const n = 40_000;
  const moments = (values: Float32Array) => {
    const mean = values.reduce((a, b) => a + b, 0) / n;
    return [mean, Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / n)] as const;
  };
  const [mean, std] = moments(new Philox(1).uniform(n));
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
  expect(std).toBeCloseTo(Math.sqrt(1 / 12), 2);
  const [centre, spread] = moments(new Philox(2).normal(n));
  expect(Math.abs(centre)).toBeLessThan(5 / Math.sqrt(n));
  expect(spread).toBeCloseTo(1, 1);
});

test('a permutation holds every place once', () => {
  const order = new Philox(3).permutation(1000);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
});

test('seeds that numbers cannot hold exactly are refused', () => {
  expect(() => new Philox(-1)).toThrow(/seed/);
  expect(() => new Philox(0, 0.5)).toThrow(/stream/);
});
