import type { BenchmarkLane, Zoo } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { glaInputs } from './inputs';

/** A layer 256 wide with 4 heads: keys are half as wide as values (the paper's expand_k of 1/2). */
export const GLA_HEADS = { H: 4, K: 32, V: 64 } as const;

/** A lane that mixes so many tokens. */
export function glaLane(zoo: Zoo, T: number): [string, BenchmarkLane] {
  const inputs = glaInputs(zoo, { T, ...GLA_HEADS });
  return [`gla ${T}`, { run: () => zoo.scope(() => gla(...inputs)[0]) }];
}
