import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Zoo } from '@paperzoo/core';
import { glaGrad } from '../src/index';
import { det } from './harness/det';
import { openZoo } from './harness/op-zoo';

// Longer than the stretches whose states the kernels keep, which upstream's cases with value gates and bonus are not.
const [T, H, K, V, N] = [75, 2, 5, 7, 3];
const cuSeqlens = [0, 3, 3, T];

let zoos: Zoo[];
beforeAll(async () => {
  zoos = await Promise.all((['cpu', 'wasm', 'wasm ×2'] as const).map((device) => openZoo(device)));
});
afterAll(() => Promise.all(zoos.map((zoo) => zoo.dispose())));

const gateShapes = { none: null, constant: [H], scalar: [1, T, H], vector: [1, T, H, K] };
const kinds = Object.keys(gateShapes) as (keyof typeof gateShapes)[];

test.each(kinds.flatMap((gate) => ['value gates', 'bonus', 'neither'].map((extra) => [gate, extra] as const)))(
  'gradients of a long sequence, gate %s, %s',
  async (gate, extra) => {
    const results = zoos.map((zoo) =>
      zoo.scope(() => {
        const make = (name: string, shape: number[] | null, scale = 1, offset = 0) =>
          shape && zoo.tensor(det([name, shape, scale, offset]), { shape });
        const [q, k, v] = [make('q', [1, T, H, K])!, make('k', [1, T, H, K])!, make('v', [1, T, H, V])!];
        const [dO, dFinal] = [make('dO', [1, T, H, V])!, make('dFinal', [N, H, K, V])!];
        const g = make('g', gateShapes[gate], 0.1, -0.1);
        const gv = make('gv', extra === 'value gates' ? [1, T, H, V] : null, 0.1, -0.1);
        const bonus = make('bonus', extra === 'bonus' ? [H, K] : null);
        const attrs = { cuSeqlens, reverse: true, exclusive: extra === 'bonus' };
        const grads = glaGrad(q, k, v, dO, dFinal, g, gv, make('state', [N, H, K, V]), bonus, attrs);
        return grads.map((grad) => Array.from(grad.dataSync()));
      }),
    );
    const [expected, one, two] = results as [number[][], number[][], number[][]];
    expected.forEach((grad, i) => {
      const size = Math.max(0, ...grad.map(Math.abs));
      const error = Math.max(0, ...grad.map((x, at) => Math.abs(x - one[i]![at]!)));
      expect(error).toBeLessThanOrEqual(1e-5 * size);
    });
    expect(two).toEqual(one);
  },
);
