import { AttrError } from '@paperzoo/core';
import type { Random } from '@paperzoo/nn';

/** How the next token is chosen. */
export interface SamplingOptions {
  /** 0, the default, takes the most probable token (equal ones: the lowest id); 1 samples from the model's own distribution. */
  readonly temperature?: number;
  /** Only the k most probable tokens; default all. */
  readonly topK?: number;
  /** Only the most probable tokens that together reach this probability; default 1, all. */
  readonly topP?: number;
  /** Above 1: makes tokens that were already there less probable (Keskar et al. 2019); default 1. */
  readonly repetitionPenalty?: number;
}

/** @throws AttrError for a value that cannot be meant */
export function checkSampling({ temperature, topK, topP, repetitionPenalty }: SamplingOptions): void {
  const want = (name: string, value: number | undefined, fits: (n: number) => boolean, expected: string): void => {
    if (value === undefined || (typeof value === 'number' && fits(value))) return;
    throw new AttrError(`${name} must be ${expected}, got ${String(value)}.`, { argument: name, expected, got: value });
  };
  want('temperature', temperature, (n) => n >= 0 && n < Infinity, 'a number of at least 0');
  want('topK', topK, (n) => Number.isInteger(n) && n >= 1, 'a positive integer');
  want('topP', topP, (n) => n > 0 && n <= 1, 'above 0 and at most 1');
  want('repetitionPenalty', repetitionPenalty, (n) => n > 0 && n < Infinity, 'a number above 0');
}

/** Chooses a token from one row of logits. `seen` are the tokens so far, for the repetition penalty. */
export function sample(
  logits: Float32Array,
  { temperature = 0, topK, topP = 1, repetitionPenalty = 1 }: SamplingOptions,
  seen: ReadonlySet<number>,
  random: Random,
): number {
  const scores = Float64Array.from(logits);
  if (repetitionPenalty !== 1) {
    for (const id of seen)
      scores[id] = scores[id]! > 0 ? scores[id]! / repetitionPenalty : scores[id]! * repetitionPenalty;
  }
  if (temperature === 0) return scores.reduce((best, score, id) => (score > scores[best]! ? id : best), 0);
  const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = scores.map((score) => Math.exp((score - top) / temperature));
  // Sorting a whole vocabulary is needed only when something is cut off.
  const cut = topP < 1 || (topK !== undefined && topK < weights.length);
  let ids: ArrayLike<number> | undefined;
  if (cut) ids = nucleus(weights, topK ?? weights.length, topP);
  const count = ids?.length ?? weights.length;
  const weight = (i: number) => weights[ids ? ids[i]! : i]!;
  let total = 0;
  for (let i = 0; i < count; i++) total += weight(i);
  let left = random.uniform() * total;
  let chosen = 0;
  for (let i = 0; i < count; i++) {
    // A weight of zero is never chosen, even when rounding leaves something over at the end.
    if (weight(i) > 0) chosen = i;
    if ((left -= weight(i)) < 0) break;
  }
  return ids ? ids[chosen]! : chosen;
}

/** Ids of the most probable tokens, at most k, the fewest that reach the share p of what the k hold. */
function nucleus(weights: Float64Array, k: number, p: number): Uint32Array {
  const ids = Uint32Array.from(weights, (_, id) => id)
    .sort((a, b) => weights[b]! - weights[a]! || a - b)
    .subarray(0, k);
  const total = ids.reduce((sum, id) => sum + weights[id]!, 0);
  let sum = 0;
  const last = ids.findIndex((id) => (sum += weights[id]!) >= p * total);
  return last < 0 ? ids : ids.subarray(0, last + 1);
}
