import { throwIfAborted } from '@paperzoo/core';
import { summarize, type Stats } from './stats';

/** Something to be timed: one call of `run` is one unit of work, finished when it returns or its promise resolves. */
export interface Runnable {
  readonly id: string;
  run(): unknown;
}

export interface MeasureOptions {
  /** Each contestant runs at least so long before anything counts: engines compile hot code a second time meanwhile. */
  readonly warmupMs: number;
  /** One sample makes so many calls that it lasts at least this long. */
  readonly minSampleMs: number;
  /** No new round begins after this much time; at least `minRounds` are made all the same. */
  readonly budgetMs: number;
  readonly minRounds: number;
  readonly maxRounds: number;
  /** Pause before each sample, so that one library's threads fall asleep before the next one starts. */
  readonly settleMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told after every round, between 0 and 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Milliseconds; replaced in tests. */
  readonly now?: () => number;
}

interface Lane {
  readonly runnable: Runnable;
  calls: number;
  readonly wall: number[];
  readonly cpu: number[];
}

const MAX_CALLS = 1_000_000;
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Times contestants in turn, round after round, so that whatever slows the machine slows all of them. Each round begins with another
 * contestant. Warm-up, two calls at least, is thrown away; it also tells how many calls a sample needs.
 * Resolves to the statistics in the order given. Rejects with `AbortError` between samples once the signal fires.
 */
export async function measure(runnables: readonly Runnable[], options: MeasureOptions): Promise<Stats[]> {
  const { warmupMs, minSampleMs, budgetMs, minRounds, maxRounds, settleMs, signal, onProgress } = options;
  const now = options.now ?? (() => performance.now());
  const lanes: Lane[] = runnables.map((runnable) => ({ runnable, calls: 1, wall: [], cpu: [] }));

  const sample = async (lane: Lane, keep: boolean) => {
    throwIfAborted(signal, 'The benchmark');
    if (settleMs > 0) await sleep(settleMs);
    const { runnable, calls } = lane;
    const cpu = process.cpuUsage();
    const start = now();
    for (let i = 0; i < calls; i++) {
      const result = runnable.run();
      if (isPromise(result)) await result;
    }
    const wall = now() - start;
    const used = process.cpuUsage(cpu);
    if (keep) {
      lane.wall.push(wall / calls);
      lane.cpu.push((used.user + used.system) / 1000 / calls);
    }
    return wall / calls;
  };

  for (const lane of lanes) {
    const begin = now();
    await sample(lane, false);
    let perCall = await sample(lane, false);
    while (now() - begin < warmupMs) perCall = await sample(lane, false);
    lane.calls = callsFor(perCall, minSampleMs);
    // The first estimate of a very short call is mostly the clock; a full sample corrects it.
    if (lane.calls > 1) lane.calls = callsFor(await sample(lane, false), minSampleMs);
  }
  const start = now();
  for (let round = 0; round < maxRounds && (round < minRounds || now() - start < budgetMs); round++) {
    for (let i = 0; i < lanes.length; i++) await sample(lanes[(i + round) % lanes.length]!, true);
    onProgress?.(Math.min(1, Math.max((now() - start) / budgetMs, (round + 1) / maxRounds)));
    // A page of microtasks is no place for a signal handler: let timers and messages in.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return lanes.map((lane) => summarize(lane.wall, lane.cpu, lane.calls));
}

const callsFor = (perCall: number, minSampleMs: number) =>
  Math.min(MAX_CALLS, Math.max(1, Math.ceil(minSampleMs / Math.max(perCall, 1e-6))));

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
