import type { Benchmark, BenchmarkLane } from '@paperzoo/core';
import { glaCards } from '../models/cards';
import type { GLAState } from '../models/gla-state';
import { glaLane } from './layer';

const PREFILL = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536] as const;
const SHORT = 100;
const LONG = 64_000;
/** Tokens read at once while a long context is prepared. */
const PIECE = 4000;

type Times = Readonly<Record<string, { readonly cpu: number }>>;

/** Slope of the line through log time over log length, least squares. */
export function logSlope(points: readonly { readonly length: number; readonly ms: number }[]): number {
  const xs = points.map((p) => Math.log(p.length));
  const ys = points.map((p) => Math.log(p.ms));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  return xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i]! - my), 0) / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}

const slope = (lanes: Times) => logSlope(PREFILL.map((T) => ({ length: T, ms: lanes[`gla ${T}`]!.cpu })));

const prefill: Benchmark = {
  id: 'prefill',
  title: 'gla over the length, D 256, 4 heads',
  definition:
    'gla(q, k, v, g), K 32 and V 64 per head, without projections: what could grow faster than the length. The slope is that of the line through log processor time over log length, least squares: 1 is linear time. Processor time, since lanes of such different length are not disturbed alike on a busy machine.',
  agree: false,
  goals: [
    {
      text: 'prefill, 512 to 65,536 tokens: log-log slope of the time, distance from 1',
      ...{ unit: '', sense: 'most', must: 0.1 },
      value: (lanes) => Math.abs(slope(lanes) - 1),
    },
  ],
  lanes: (zoo) => Promise.resolve(Object.fromEntries(PREFILL.map((T) => glaLane(zoo, T)))),
};

const decode: Benchmark = {
  id: 'decode',
  title: 'one generated token of gla_tiny',
  definition:
    'model.step of gla_tiny (2 layers, D 256) with fresh weights, logits read back, after 100 tokens and after 64,000 that it really read.',
  agree: false,
  goals: [
    {
      text: 'time per generated token at context 64,000 over context 100',
      ...{ unit: '×', sense: 'most', must: 1.1, aim: 1.02 },
      value: (lanes) => lanes[`context ${LONG}`]!.ms / lanes[`context ${SHORT}`]!.ms,
    },
  ],
  async lanes(zoo) {
    const card = glaCards.find(({ name }) => name === 'gla_tiny')!;
    const model = await card.load(zoo, card, { weights: false });
    const stateAfter = (tokens: number): GLAState => {
      let state: GLAState | undefined;
      for (let read = 0; read < tokens; read += PIECE) {
        const ids = Array.from({ length: Math.min(PIECE, tokens - read) }, (_, i) => (read + i) % 251);
        const next = model.prefill(ids, { state });
        next.logits.dispose();
        state = next.state;
      }
      return state!;
    };
    const lane = (tokens: number): [string, BenchmarkLane] => {
      const state = stateAfter(tokens);
      let last = 0;
      const run = async () => {
        const logits = model.step([last], state);
        const values = await logits.data();
        logits.dispose();
        last = Math.abs(Math.round(values[0]! * 100)) % 256;
      };
      return [`context ${tokens}`, { run }];
    };
    return Object.fromEntries([lane(SHORT), lane(LONG)]);
  },
};

/** What the length of the text costs. */
export const lengthBenchmarks: readonly Benchmark[] = [prefill, decode];
