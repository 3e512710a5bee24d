import { createZoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { measure, type Runnable } from '../measure/measure';
import type { Peak } from '../results';
import { FLOPS_PER_ROUND, multiplyAdd, peakPlugin, streamCopy } from './peak-op';

/** 24 MiB from, 24 MiB to: as much memory as the suite's addition touches, so that a large cache helps both alike. */
const COPY_FLOATS = 6 << 20;
/** Some four milliseconds' worth. */
const ROUNDS = 2_500_000;

/** One of the machine's limits. Its loop takes its turn in every race, because a machine's speed changes with what else it does. */
export interface Limit {
  readonly runnable: Runnable;
  /** 10⁹ per second for a call that took so long; the best one is remembered. */
  rate(ms: number): number;
  /** The best rate so far. */
  best(): number;
}

/** The machine's limits on so many threads, as SIMD128 code reaches them. */
export interface PeakProbe {
  /** Multiply-adds on operands of the first-level cache; a multiply and an add count as two. */
  readonly arithmetic: Limit;
  /** Copying memory; bytes read plus bytes written. */
  readonly copying: Limit;
  /** The best of both so far. */
  peak(): Peak;
  dispose(): Promise<void>;
}

/** Makes a probe and takes first readings. */
export async function openPeakProbe(threads: number): Promise<PeakProbe> {
  const zoo = await createZoo({ device: wasm({ threads }), plugins: [peakPlugin] });
  const operands = zoo.full([64], 0.01);
  const block = zoo.zeros([COPY_FLOATS]);
  const arithmetic = limit('multiply-add', FLOPS_PER_ROUND * ROUNDS * threads, () =>
    multiplyAdd(operands, { rows: threads, rounds: ROUNDS }).dispose(),
  );
  const copying = limit('copy', 8 * COPY_FLOATS, () => streamCopy(block).dispose());
  const first = await measure([arithmetic.runnable, copying.runnable], {
    ...{ warmupMs: 30, minSampleMs: 4, budgetMs: 150, minRounds: 3, maxRounds: 40, settleMs: 0 },
  });
  arithmetic.rate(first[0]!.min);
  copying.rate(first[1]!.min);
  return {
    arithmetic,
    copying,
    peak: () => ({ threads, gflops: arithmetic.best(), copyGBs: copying.best() }),
    dispose: () => zoo.dispose(),
  };
}

function limit(id: string, work: number, run: () => void): Limit {
  let highest = 0;
  const rate = (ms: number) => {
    const now = work / ms / 1e6;
    highest = Math.max(highest, now);
    return now;
  };
  return { runnable: { id, run }, rate, best: () => highest };
}
