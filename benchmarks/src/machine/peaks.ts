import { createZoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { measure, type Runnable } from '../measure/measure';
import type { Peak } from '../results';
import { FLOPS_PER_ROUND, multiplyAdd, peakPlugin, streamCopy } from './peak-op';

/** 64 MiB: beyond the last-level cache of most machines. */
const COPY_FLOATS = 1 << 24;
/** Some four milliseconds' worth. */
const ROUNDS = 1_500_000;

/** The machine's limits, to be measured beside everything else. */
export interface PeakProbe {
  /** Runs multiply-adds from registers on all threads; takes its turn in every race, because a machine's speed changes with what else it does. */
  readonly runnable: Runnable;
  /** Tells how long a call took; gives the best rate seen so far, 10⁹ operations per second: other work only ever lowers it. */
  best(ms: number): number;
  /** The best of all rates, and what copying memory reaches. */
  peak(): Promise<Peak>;
  dispose(): Promise<void>;
}

/** Makes a probe for so many threads. */
export async function openPeakProbe(threads: number): Promise<PeakProbe> {
  const zoo = await createZoo({ device: wasm({ threads }), plugins: [peakPlugin] });
  const rows = zoo.zeros([threads, 1]);
  const runnable = { id: 'peak', run: () => multiplyAdd(rows, { rounds: ROUNDS }).dispose() };
  let highest = 0;
  const best = (ms: number) => (highest = Math.max(highest, (FLOPS_PER_ROUND * ROUNDS * threads) / ms / 1e6));
  const [first] = await measure([runnable], {
    minSampleMs: 4,
    budgetMs: 300,
    minRounds: 5,
    maxRounds: 60,
    settleMs: 0,
  });
  best(first!.min);
  return {
    runnable,
    best,
    async peak() {
      const block = zoo.zeros([COPY_FLOATS]);
      const copy = { id: 'copy', run: () => streamCopy(block).dispose() };
      const [arithmetic, copying] = await measure([runnable, copy], {
        ...{ minSampleMs: 4, budgetMs: 1000, minRounds: 6, maxRounds: 40, settleMs: 0 },
      });
      block.dispose();
      return { threads, gflops: best(arithmetic!.min), copyGBs: (8 * COPY_FLOATS) / copying!.min / 1e6 };
    },
    dispose: () => zoo.dispose(),
  };
}
