// Timing in a page: nothing of Node's, and calls that are enqueued together and waited for once, as whoever keeps an adapter busy does.
import { summarize, type Stats } from '../../measure/stats';
import type { Patience } from '../problem';

/** A library that is ready, everything that is done once having been done. */
export interface Lane {
  readonly id: string;
  readonly label: string;
  /** So many calls in a row; resolves when the adapter has done them all. */
  run(calls: number): Promise<void>;
  /** The result of one call. */
  output(): Promise<Float32Array>;
  dispose(): Promise<void> | void;
}

/** jax-js keeps the results of a sample. */
const MOST_CALLS = 32;

/** Times lanes in turn, each round beginning with another one. They have run before; a first call, which is thrown away, tells the duration. */
export async function measureLanes(
  lanes: readonly Pick<Lane, 'run'>[],
  { sampleMs, budgetMs, minRounds, maxRounds }: Patience,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<Stats[]> {
  const time = async ({ run }: Pick<Lane, 'run'>, calls: number) => {
    const start = performance.now();
    await run(calls);
    return (performance.now() - start) / calls;
  };
  const all: { lane: Pick<Lane, 'run'>; calls: number; wall: number[] }[] = [];
  for (const lane of lanes) {
    // One call tells too much of the waiting; a handful of short ones corrects it.
    let calls = callsFor(await time(lane, 1), sampleMs);
    if (calls > 1) calls = callsFor(await time(lane, calls), sampleMs);
    all.push({ lane, calls, wall: [] });
  }
  const start = performance.now();
  for (let round = 0; round < maxRounds && (round < minRounds || performance.now() - start < budgetMs); round++) {
    for (let i = 0; i < all.length; i++) {
      const { lane, calls, wall } = all[(i + round) % all.length]!;
      wall.push(await time(lane, calls));
    }
    onProgress(Math.min(1, Math.max((performance.now() - start) / budgetMs, (round + 1) / maxRounds)));
  }
  return all.map(({ wall, calls }) => summarize(wall, undefined, calls));
}

const callsFor = (perCall: number, sampleMs: number) =>
  Math.min(MOST_CALLS, Math.max(1, Math.ceil(sampleMs / Math.max(perCall, 1e-3))));
