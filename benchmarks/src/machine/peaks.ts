import { createZoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { measure } from '../measure/measure';
import type { Peak } from '../results';
import { FLOPS_PER_ROUND, multiplyAdd, peakPlugin, streamCopy } from './peak-op';

/** 64 MiB: beyond the last-level cache of most machines. */
const COPY_FLOATS = 1 << 24;
const ROUNDS = 1_000_000;

/** Measures what SIMD128 code can reach on this machine: multiply-adds from registers, and copying memory. */
export async function measurePeaks(threads: number, signal?: AbortSignal): Promise<Peak> {
  const zoo = await createZoo({ device: wasm({ threads }), plugins: [peakPlugin] });
  try {
    const rows = zoo.zeros([threads, 1]);
    const block = zoo.zeros([COPY_FLOATS]);
    const [arithmetic, copying] = await measure(
      [
        { id: 'multiply-add', run: () => multiplyAdd(rows, { rounds: ROUNDS }).dispose() },
        { id: 'copy', run: () => streamCopy(block).dispose() },
      ],
      { minSampleMs: 5, budgetMs: 1500, minRounds: 8, maxRounds: 60, settleMs: 0, signal },
    );
    return {
      threads,
      gflops: (FLOPS_PER_ROUND * ROUNDS * threads) / arithmetic!.min / 1e6,
      copyGBs: (8 * COPY_FLOATS) / copying!.min / 1e6,
    };
  } finally {
    await zoo.dispose();
  }
}
