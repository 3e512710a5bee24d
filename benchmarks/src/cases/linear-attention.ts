import type { Absent, Contestant } from '../peers/contestant';
import { guard } from '../peers/guard';
import { peers } from '../peers/index';
import type { MixingProblem } from '../peers/linear-attention-model';
import { openZoo, ours } from '../peers/paperzoo';
import type { TimedCase } from './case';
import { noise } from './noise';

const T = 2048;
const H = 4;

const problem = (K: number, V: number): MixingProblem => ({
  ...{ T, H, K, V },
  ...{ q: noise(T * H * K, 1), k: noise(T * H * K, 2), v: noise(T * H * V, 3) },
  // From -0.1 to 0, as a trained model's are.
  g: noise(T * H * K, 4, 0.05).map((x) => x - 0.05),
});

const mixingCase = (K: number, V: number): TimedCase => ({
  ...{ kind: 'timed', group: 'gla', threads: 1, quick: true, plugin: '@paperzoo/gla' },
  id: `gla-ort-k${K}`,
  title: `gla beside onnxruntime’s LinearAttention, ${T} tokens, ${H} heads, K ${K}, V ${V}`,
  definition:
    'One forward call on the same data, outputs compared: gla(q, k, v, g) and a graph of the one node com.microsoft.LinearAttention, update_rule “gated”, log decays per key channel. onnxruntime copies inputs and outputs between its memory and JavaScript’s, as it must for every caller. Operations are counted as in gla-forward.',
  work: { unit: 'flop', amount: 2 * T * H * (2 * K * V + 32 * (K + V)) },
  async prepare() {
    const { default: plugin, gla } = await import('@paperzoo/gla');
    const given = problem(K, V);
    const zoo = await openZoo(1, [plugin]);
    const [q, k, g] = [given.q, given.k, given.g].map((x) => zoo.tensor(x, { shape: [1, T, H, K] }));
    const v = zoo.tensor(given.v, { shape: [1, T, H, V] });
    const all: (Contestant | Absent)[] = [ours(zoo, 1, () => gla(q!, k!, v, g)[0])];
    for (const peer of peers) all.push(await guard(peer, 1, () => peer.mixing(given)));
    return all;
  },
});

/** The op beside the only other library that has it. */
export const mixingCases: readonly TimedCase[] = [mixingCase(64, 128), mixingCase(128, 256)];
