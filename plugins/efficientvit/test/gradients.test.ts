import { expect, test } from '@jest/globals';
import { CascadedGroupAttention } from '../src/models/blocks/cascaded-group-attention';
import { LocalWindowAttention } from '../src/models/blocks/local-window-attention';
import { weightedSum } from './cases/gradients';
import { floats, loss } from './cases/modules';
import type { Case } from './harness/fixtures';
import { readFixtures } from './harness/node';
import { zooOn } from './harness/run';

const fixtures = readFixtures();

function attention(h: Record<string, unknown>) {
  const heads = { keyDim: Number(h.key_dim), numHeads: Number(h.num_heads), kernels: h.kernels as number[] };
  const resolution = Number(h.resolution);
  return h.window_resolution === undefined
    ? new CascadedGroupAttention(Number(h.dim), { ...heads, resolution })
    : new LocalWindowAttention(Number(h.dim), { ...heads, resolution, windowSize: Number(h.window_resolution) });
}

// The gradients that came with these two cases are not the derivatives of the outputs that came with them, which central differences show.
test.each(['cga_4x4_k7', 'lwa_r7_w7'])(
  '%s: gradients are the derivatives of the stored output',
  async (name) => {
    await using zoo = await zooOn('cpu');
    const entry: Case = fixtures.find(name);
    const module = attention(entry.hparams);
    module.loadStateDict(floats(fixtures.weights(entry)));
    module.eval();
    const { shape, values } = fixtures.resolve(entry, entry.inputs['x']!);
    const x = zoo.tensor(values, { shape });
    const params = module.parameters(zoo);
    const { grads } = zoo.valueAndGrad(() => weightedSum([module(x)]), { ...params, x });

    const stored = new Map<string, Float32Array>([['x', values as Float32Array]]);
    for (const [key, param] of Object.entries(params)) stored.set(key, (await param.data()) as Float32Array);
    const at = async (key: string, i: number, by: number): Promise<number> => {
      const moved = Float32Array.from(stored.get(key)!);
      moved[i]! += by;
      const parameter = module.namedParameters().get(key);
      parameter?.set(zoo.tensor(moved, { shape: parameter.shape }));
      const y = zoo.scope(() => module(parameter ? x : zoo.tensor(moved, { shape })));
      parameter?.set(zoo.tensor(stored.get(key)!, { shape: parameter.shape }));
      return loss(y.shape, await y.data());
    };
    const step = 2e-3;
    for (const [key, grad] of Object.entries(grads)) {
      const found = await grad.data();
      for (const i of new Set([0, found.length >> 1, found.length - 1])) {
        const numeric = ((await at(key, i, step)) - (await at(key, i, -step))) / (2 * step);
        const off = Math.abs(found[i]! - numeric);
        expect([key, i, off < 1e-3 + 5e-3 * Math.abs(numeric) || off]).toEqual([key, i, true]);
      }
    }
  },
  120_000,
);
