import type { Claim } from '@paperzoo/core';
import type { GateKind } from '../ops/gla-shapes';
import { recallAccuracy } from './recall-accuracy';
import { trainRecall, type RecallTraining } from './train-recall';

export interface LengthOptions extends Partial<RecallTraining> {
  /** Multiples of the training length that are asked; the last decides. Default 1, 2 and 4. */
  readonly multiples?: readonly number[];
  /** Sequences per length that are asked; default 32. */
  readonly sequences?: number;
  readonly train?: typeof trainRecall;
}

const LEAST = 0.9;
/** How much may be lost on the way to the longest. */
const LOSS = 0.1;

/** What a model learns on short sequences, it does on long ones. */
export function lengthClaim({
  gate = 'vector' as GateKind,
  seed = 1,
  steps = 700,
  batch = 16,
  length = 256,
  multiples = [1, 2, 4],
  sequences = 32,
  train = trainRecall,
}: LengthOptions = {}): Claim {
  return {
    id: 'length-generalisation',
    source: 'Section 5, figure 5; abstract',
    statement: 'A model trained on sequences of 2K tokens works on several times longer ones.',
    figure: 'trained at 2K, usable to 18K (figure 5) or beyond 20K (abstract)',
    scaledDown: `Reset-recall, trained at ${length} tokens and asked at ${multiples.at(-1)! * length}: one layer, one head, width 64, ${steps} steps, another seed than gate-ablation's; ${sequences} fresh sequences per length.`,
    budgetSeconds: 150,
    async run({ zoo: start, progress, signal }) {
      const zoo = await start({ threads: 2 });
      const model = await train(zoo, { gate, seed, steps, batch, length }, { progress, ...(signal && { signal }) });
      const found: number[] = [];
      for (const times of multiples) found.push(await recallAccuracy(zoo, model, times * length, sequences));
      model.dispose();
      const [first, last] = [found[0]!, found.at(-1)!];
      return {
        measured: Object.fromEntries(multiples.map((times, i) => [`${times * length} tokens: accuracy`, found[i]!])),
        holds: last >= LEAST && first - last <= LOSS,
        because: `${first.toFixed(3)} of the answers are right at the training length of ${length} tokens and ${last.toFixed(3)} at ${multiples.at(-1)} times that; asked are ${LEAST} there and a loss of at most ${LOSS}.`,
      };
    },
  };
}
