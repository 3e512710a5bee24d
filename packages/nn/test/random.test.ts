import { expect, test } from '@jest/globals';
import { init, Random } from '../src/index';

const moments = (values: ArrayLike<number>) => {
  const all = Array.from(values);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  return { mean, std: Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length) };
};

test('streams depend on seed and label alone', () => {
  const draw = (seed: number, label: string) => {
    const random = new Random(seed, label);
    return [random.bits(), random.uniform(), random.normal()];
  };
  expect(draw(1, 'a')).toEqual(draw(1, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
  expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
  expect(draw(1, 'a')).not.toEqual(draw(1 + 2 ** 32, 'a'));
});

test('uniform and normal draws have their moments', () => {
  const random = new Random(7);
  const uniform = moments(Array.from({ length: 40_000 }, () => random.uniform(-1, 1)));
  const normal = moments(Array.from({ length: 40_000 }, () => random.normal()));
  // Five standard errors of the mean.
  expect(Math.abs(uniform.mean)).toBeLessThan(5 * Math.sqrt(1 / 3 / 40_000));
  expect(uniform.std).toBeCloseTo(Math.sqrt(1 / 3), 2);
  expect(Math.abs(normal.mean)).toBeLessThan(5 / Math.sqrt(40_000));
  expect(normal.std).toBeCloseTo(1, 1);
});

test('initialisers keep their bounds', () => {
  const bounded = init.fanIn(16)([1000], new Random(1));
  expect(Math.max(...bounded.map(Math.abs))).toBeLessThanOrEqual(0.25);
  const cut = init.truncatedNormal(3)([1000], new Random(1));
  expect(Math.max(...cut.map(Math.abs))).toBeLessThanOrEqual(2);
  expect(init.constant(3)([2, 2], new Random(1))).toEqual(Float32Array.of(3, 3, 3, 3));
});
