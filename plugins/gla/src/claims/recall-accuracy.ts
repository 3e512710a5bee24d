import type { GLAForCausalLM } from '../models/gla-for-causal-lm';
import type { Zoo } from '@paperzoo/core';
import { NOTHING, recallBatch } from './reset-recall';

/** Sequences that no training saw: streams of another seed. */
const EVALUATION_SEED = 1_000_003;

/** Share of right answers at the queries of fresh sequences; chance is 1/8. */
export async function recallAccuracy(
  zoo: Zoo,
  model: GLAForCausalLM,
  length: number,
  sequences: number,
): Promise<number> {
  const { ids, targets } = recallBatch(sequences, length, EVALUATION_SEED, length);
  const best = zoo.scope(() => model(zoo.tensor(ids, { shape: [sequences, length] })).logits.argmax(-1));
  const answers = await best.data();
  best.dispose();
  let asked = 0;
  let right = 0;
  targets.forEach((target, at) => {
    if (target === NOTHING) return;
    asked++;
    if (answers[at] === target) right++;
  });
  return right / asked;
}
