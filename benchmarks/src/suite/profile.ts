import type { MeasureOptions } from '../measure/measure';

type Profile = Pick<MeasureOptions, 'warmupMs' | 'minSampleMs' | 'budgetMs' | 'minRounds' | 'maxRounds'>;

/**
 * How long the two suites look at each case. A sample holds several calls of a small network: the first finds the caches as the others left
 * them, the rest show how it runs when it is called again and again.
 */
export const PROFILES: Readonly<Record<'quick' | 'full', Profile>> = {
  quick: { warmupMs: 300, minSampleMs: 15, budgetMs: 2000, minRounds: 7, maxRounds: 40 },
  full: { warmupMs: 600, minSampleMs: 25, budgetMs: 6000, minRounds: 11, maxRounds: 100 },
};

/** With threads, the pools of the libraries spin for a moment after their work: they get time to fall asleep. */
export const SETTLE_MS = 8;
