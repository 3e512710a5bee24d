import { describe, expect, test } from '@jest/globals';
import { evaluate, fitDim, sizingsOf } from '../src/graph/size';

const SYMBOLS = ['N', 'T', 'W'];

describe('sizes found from values', () => {
  test('every polynomial that is linear in each symbol is found, and holds elsewhere', () => {
    let seed = 1;
    const draw = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 500; round++) {
      const symbols = SYMBOLS.slice(0, 1 + draw(3));
      const sizings = sizingsOf(new Map(symbols.map((name) => [name, 1 + draw(40)])));
      const factors = Array.from({ length: 2 ** symbols.length }, () => draw(7) - 3);
      const value = (sizing: ReadonlyMap<string, number>) =>
        factors.reduce((sum, factor, subset) => {
          const present = symbols.filter((_, i) => subset & (1 << i));
          return sum + present.reduce((product, name) => product * sizing.get(name)!, factor);
        }, 0);
      const fitted = fitDim(sizings.map(value), sizings);
      expect(fitted).toBeDefined();
      const other = new Map(symbols.map((name) => [name, draw(1000)]));
      expect(evaluate(fitted!, other)).toBe(value(other));
    }
  });

  test.each<[string, (n: number) => number]>([
    ['halves', (n) => Math.floor(n / 2)],
    ['squares', (n) => n * n],
    ['least', (n) => Math.min(n, 20)],
    ['windows', (n) => Math.ceil(n / 7) * 7],
  ])('%s are none', (_, size) => {
    const sizings = sizingsOf(new Map([['N', 4]]));
    expect(
      fitDim(
        sizings.map((sizing) => size(sizing.get('N')!)),
        sizings,
      ),
    ).toBeUndefined();
  });

  test('are written as sums of products', () => {
    const sizings = sizingsOf(new Map([['N', 2], ['T', 5]])); // prettier-ignore
    const of = (size: (N: number, T: number) => number) =>
      String(
        fitDim(
          sizings.map((sizing) => size(sizing.get('N')!, sizing.get('T')!)),
          sizings,
        ),
      );
    expect(of((N) => N)).toBe('N');
    expect(of((N, T) => 2 * N * T + T - 3)).toBe('2*N*T + T + -3');
    expect(of(() => 7)).toBe('7');
  });
});
