import type { Runner } from '../harness/runner';
import { baselineCases } from './baselines';

/** Who computes which case. */
export const runners: ReadonlyMap<string, Runner> = new Map(Object.entries({ ...baselineCases }));
