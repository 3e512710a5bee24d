import type { Claim } from '@paperzoo/core';
import { recallAccuracy } from './recall-accuracy';
import { trainRecall, type RecallTraining } from './train-recall';

export interface LengthOptions extends Partial<Omit<RecallTraining, 'seed'>> {
  /** One model is trained for each; the median decides. Default 1, 2 and 3. */
  readonly seeds?: readonly number[];
  /** Multiples of the training length that are asked; the last decides. Default 1, 2 and 4. */
  readonly multiples?: readonly number[];
  /** Sequences per length that are asked; default 32. */
  readonly sequences?: number;
  readonly train?: typeof trainRecall;
}

const LEAST = 0.9;
/** How much may be lost on the way to the longest. */
const LOSS = 0.1;

/** The middle one of an odd number of values, else the lower of the two middle ones. */
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;

/** What a model learns on short sequences, it does on long ones. */
export function lengthClaim({
  gate = 'vector',
  seeds = [1, 2, 3],
  steps = 700,
  batch = 16,
  length = 256,
  multiples = [1, 2, 4],
  sequences = 32,
  train = trainRecall,
}: LengthOptions = {}): Claim {
  const farthest = multiples.at(-1)! * length;
  return {
    id: 'length-generalisation',
    source: 'Section 5, figure 5; abstract',
    statement: 'A model trained on sequences of 2K tokens works on several times longer ones.',
    figure: 'trained at 2K, usable to 18K (figure 5) or beyond 20K (abstract)',
    scaledDown: `Reset-recall, trained at ${length} tokens and asked at ${farthest}: one layer, one head, width 64, ${steps} steps; the median of ${seeds.length} models, because one and the same loss at the training length leaves room beyond it; ${sequences} fresh sequences per length.`,
    budgetSeconds: 400,
    async run({ zoo: start, progress, signal }) {
      const zoo = await start({ threads: 2 });
      const measured: Record<string, number> = {};
      const found: number[][] = multiples.map(() => []);
      for (const [i, seed] of seeds.entries()) {
        const part = (fraction: number, note?: string) =>
          progress((i + fraction) / seeds.length, `seed ${seed}: ${note}`);
        const context = { progress: part, ...(signal && { signal }) };
        const model = await train(zoo, { gate, seed, steps, batch, length }, context);
        for (const [at, times] of multiples.entries()) {
          const accuracy = await recallAccuracy(zoo, model, times * length, sequences);
          found[at]!.push(accuracy);
          measured[`seed ${seed}, ${times * length} tokens: accuracy`] = accuracy;
        }
        model.dispose();
      }
      const [first, last] = [median(found[0]!), median(found.at(-1)!)];
      const each = found.at(-1)!.map((accuracy) => accuracy.toFixed(3)).join(', '); // prettier-ignore
      return {
        measured,
        holds: last >= LEAST && first - last <= LOSS,
        because: `In the median ${first.toFixed(3)} of the answers are right at the training length of ${length} tokens and ${last.toFixed(3)} at ${farthest} (${each}); asked are ${LEAST} there and a loss of at most ${LOSS}.`,
      };
    },
  };
}
