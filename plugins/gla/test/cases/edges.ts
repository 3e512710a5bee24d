import type { Tensor, Zoo } from '@paperzoo/core';
import { gla } from '../../src/index';
import { det } from '../harness/det';
import { openZoo } from '../harness/op-zoo';
import type { DeviceCase } from './case';
import { Judge } from './judge';

interface Edge {
  readonly name: string;
  readonly size: readonly [B: number, T: number, H: number, K: number, V: number];
  /** Every so many log decays this one takes the place of a mild one. */
  readonly reset?: number;
}

const EDGES: readonly Edge[] = [
  { name: 'one token of three rows', size: [3, 1, 2, 5, 3] },
  { name: 'no tokens', size: [2, 0, 1, 4, 4] },
  { name: 'an odd number of tokens in two rows', size: [2, 35, 1, 3, 5] },
  { name: 'gates that close within every chunk', size: [2, 37, 2, 4, 18], reset: -50 },
  { name: 'gates of minus infinity', size: [1, 33, 2, 4, 6], reset: -Infinity },
  { name: 'gates beyond what sums of float32 keep', size: [1, 33, 1, 6, 4], reset: -1e30 },
];

/** Both results and all gradients of the weighted sum of their elements, in ordinary memory. */
async function compute(zoo: Zoo, { size: [B, T, H, K, V], reset }: Edge): Promise<Record<string, Float32Array>> {
  const make = (name: string, shape: number[], scale = 1, offset = 0): Tensor =>
    zoo.tensor(det([`edge/${name}`, shape, scale, offset]), { shape });
  const gates = det(['edge/g', [B, T, H, K], 0.1, -0.11]).map((g, i) =>
    reset !== undefined && i % 7 === 3 ? reset : g,
  );
  const ins = {
    q: make('q', [B, T, H, K]),
    k: make('k', [B, T, H, K]),
    v: make('v', [B, T, H, V]),
    g: zoo.tensor(gates, { shape: [B, T, H, K] }),
    state: make('state', [B, H, K, V]),
  };
  const [wo, ws] = [make('wo', [B, T, H, V]), make('ws', [B, H, K, V])];
  const run = ({ q, k, v, g, state }: typeof ins) => gla(q, k, v, g, null, state);
  const [o, final] = run(ins);
  const { value, grads } = zoo.valueAndGrad((given) => {
    const [y, last] = run(given);
    return y.mul(wo).sum().add(last.mul(ws).sum());
  }, ins);
  const read: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries({ o, final, ...grads })) {
    read[name] = (await tensor.data()) as Float32Array;
    tensor.dispose();
  }
  for (const tensor of [value, wo, ws, ...Object.values(ins)]) tensor.dispose();
  return read;
}

/** Awkward sizes and gates beside the reference device. */
export const edges = (): DeviceCase[] =>
  EDGES.map((edge) => ({
    name: edge.name,
    async run(zoo) {
      const judge = new Judge();
      await using truth = await openZoo('cpu');
      const wanted = await compute(truth, edge);
      const got = await compute(zoo, edge);
      for (const [name, values] of Object.entries(wanted)) {
        const size = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        judge.holds(got[name]!.length === values.length, `${name} has ${got[name]!.length} elements`);
        judge.close(name, got[name]!, values, 5e-6 * size);
      }
      return judge.wrong;
    },
  }));
