import type { OwnRunner, Runner } from '../harness/runner';
import { baselineCases } from './baselines';
import { blockCase } from './blocks';
import { fusedCases } from './fused';
import { loadingCases } from './loading';
import { modelCases } from './models';
import { stateCases } from './state';
import { trainingCases } from './training';

/** Who computes a case; undefined for those that nobody does. */
export const runnerOf = (name: string): Runner | undefined =>
  baselineCases[name] ?? modelCases[name] ?? loadingCases[name] ?? blockCase(name);

/** Cases beside the manifest's list: whole training runs, and statements about our own forms. */
export const ownCases: Readonly<Record<string, OwnRunner>> = { ...trainingCases, ...fusedCases, ...stateCases };
