import { attention, type Benchmark, type BenchmarkLane } from '@paperzoo/core';
import { attentionInputs } from './inputs';
import { GLA_HEADS, glaLane } from './layer';

/** Attention's keys and values are equally wide. */
const ATTENTION_WIDTH = 64;
const CROSSOVER = [32, 64, 128, 256, 512, 1024, 2048, 4096] as const;

type Times = Readonly<Record<string, { readonly cpu: number }>>;

/** The length at which attention begins to take longer, between the measured ones on a double logarithmic line; infinite when it never does. */
export function crossoverLength(lanes: Times): number {
  const lead = CROSSOVER.map((T) => ({ T, lead: Math.log(lanes[`attention ${T}`]!.cpu / lanes[`gla ${T}`]!.cpu) }));
  const at = lead.findIndex((point) => point.lead >= 0);
  if (at <= 0) return at < 0 ? Infinity : lead[0]!.T;
  const [before, after] = [lead[at - 1]!, lead[at]!];
  const part = before.lead / (before.lead - after.lead);
  return before.T * (after.T / before.T) ** part;
}

/** GLA beside softmax attention. */
export const crossover: Benchmark = {
  id: 'crossover',
  title: 'gla beside softmax attention, D 256, 4 heads',
  definition:
    'gla(q, k, v, g), K 32 and V 64 per head, beside attention(q, k, v, { causal: true }), 64 per head: the two ways to mix tokens in a layer 256 wide, without the projections, which are as large in both. The crossover is where attention begins to take longer, between the measured lengths on a double logarithmic line. Processor time, since lanes of such different length are not disturbed alike on a busy machine.',
  agree: false,
  goals: [
    {
      text: 'gla beside our fused causal attention, D 256, 4 heads: length from which gla is faster',
      ...{ unit: 'tokens', sense: 'most', must: 1024, aim: 512 },
      value: crossoverLength,
    },
    {
      text: 'the same at 4096 tokens: attention’s time over gla’s',
      ...{ unit: '×', sense: 'least', must: 5, aim: 10 },
      value: (lanes) => lanes['attention 4096']!.cpu / lanes['gla 4096']!.cpu,
    },
  ],
  lanes(zoo) {
    const lanes = CROSSOVER.flatMap((T): [string, BenchmarkLane][] => {
      const [q, k, v] = attentionInputs(zoo, T, GLA_HEADS.H, ATTENTION_WIDTH);
      const scale = ATTENTION_WIDTH ** -0.5;
      return [glaLane(zoo, T), [`attention ${T}`, { run: () => attention(q, k, v, { scale, causal: true }) }]];
    });
    return Promise.resolve(Object.fromEntries(lanes));
  },
};
