import type { MeasureOptions } from '../measure/measure';

export type Profile = Pick<MeasureOptions, 'warmupMs' | 'minSampleMs' | 'budgetMs' | 'minRounds' | 'maxRounds'>;

/**
 * How long the two suites look at each case, in each of its heats. A sample holds several calls of a small network: the first finds the caches as the others left
 * them, the rest show how it runs when it is called again and again.
 */
export const PROFILES: Readonly<Record<'quick' | 'full', Profile>> = {
  quick: { warmupMs: 250, minSampleMs: 15, budgetMs: 1000, minRounds: 5, maxRounds: 30 },
  full: { warmupMs: 500, minSampleMs: 25, budgetMs: 2500, minRounds: 6, maxRounds: 60 },
};

/** With threads, the pools of the libraries spin for a moment after their work: they get time to fall asleep. */
export const SETTLE_MS = 8;
