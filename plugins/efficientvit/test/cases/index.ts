import type { Runner } from '../harness/runner';
import { baselineCases } from './baselines';
import { blockCase } from './blocks';
import { loadingCases } from './loading';
import { modelCases } from './models';

/** Who computes a case; undefined for those that nobody does. */
export const runnerOf = (name: string): Runner | undefined =>
  baselineCases[name] ?? modelCases[name] ?? loadingCases[name] ?? blockCase(name);
