import { throwIfAborted, type ClaimContext, type Tensor } from '@paperzoo/core';

/** Something to time: its result is read, so that devices which answer later have finished. */
export type Timed = () => Tensor;

/** Rounds before the time limit counts. */
const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 50;

/**
 * Shortest time in milliseconds of each, measured in turns, so that a busy moment of the machine hits them all. At least three rounds, then
 * until `seconds` are over.
 */
export async function fastest(
  subjects: ReadonlyMap<string, Timed>,
  seconds: number,
  { progress, signal }: Pick<ClaimContext, 'progress' | 'signal'>,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map([...subjects.keys()].map((name) => [name, Infinity]));
  for (const timed of subjects.values()) await once(timed);
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  for (let round = 0; round < MOST_ROUNDS && (round < LEAST_ROUNDS || elapsed() < seconds); round++) {
    for (const [name, timed] of subjects) {
      throwIfAborted(signal, 'Measuring times');
      times.set(name, Math.min(times.get(name)!, await once(timed)));
      // Devices that answer at once never let the event loop turn: without this nobody would hear an abort.
      await new Promise((resolve) => setTimeout(resolve));
    }
    progress(Math.min(1, Math.max((round + 1) / MOST_ROUNDS, elapsed() / seconds)), `round ${round + 1}`);
  }
  return times;
}

async function once(timed: Timed): Promise<number> {
  const start = performance.now();
  const result = timed();
  await result.data();
  const time = performance.now() - start;
  result.dispose();
  return time;
}

/** What a claim about speed says on the device whose purpose is to be right. */
export const REFERENCE_DEVICE = {
  measured: {},
  holds: null,
  because: 'The reference device is slow on purpose; speed is measured on a device that is meant to be fast.',
} as const;
