import { describe, expect, test } from '@jest/globals';
import { erf, roundHalfEven } from '../src/special';

describe('erf', () => {
  // Values of the error function from Abramowitz & Stegun, table 7.1, with further digits from the C library.
  test.each([
    [0, 0],
    [1e-10, 1.1283791670955126e-10],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.4999, 0.9995928300996666],
    [3, 0.9999779095030014],
    [5, 0.9999999999984626],
    [7, 1],
    [Infinity, 1],
  ])('erf(%d)', (x, expected) => {
    expect(Math.abs(erf(x) - expected)).toBeLessThanOrEqual(4e-16);
    expect(erf(-x)).toBe(-erf(x));
  });

  test('both branches agree where they meet', () => {
    expect(erf(2.5 - 1e-12)).toBeCloseTo(erf(2.5), 11);
    expect(erf(NaN)).toBeNaN();
  });
});

test.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [-0.5, -0],
  [-1.5, -2],
  [-2.4, -2],
  [2.51, 3],
  [-0.3, -0],
  [1e20, 1e20],
  [-Infinity, -Infinity],
])('round %d', (x, expected) => {
  expect(roundHalfEven(x)).toBe(expected);
});
