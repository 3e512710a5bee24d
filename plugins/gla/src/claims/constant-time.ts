import type { Claim } from '@paperzoo/core';
import type { GLAConfig } from '../models/gla-config';
import { freshModel, stateAfter } from './constant-memory';
import { fastest, REFERENCE_DEVICE, type Timed } from './fastest';

export interface DecodingOptions {
  /** What differs from gla_tiny's sizes. */
  readonly config?: Partial<GLAConfig>;
  /** Tokens seen before the one that is timed; default 100 and 10,000. */
  readonly contexts?: readonly [number, number];
  readonly seconds?: number;
  readonly measure?: typeof fastest;
}

const MOST = 1.1;

/** Time of one generated token over the length of the text before it. */
export function constantTimeClaim({
  config = {},
  contexts: [short, long] = [100, 10_000],
  seconds = 5,
  measure = fastest,
}: DecodingOptions = {}): Claim {
  return {
    id: 'constant-time-decoding',
    source: 'Section 2, recurrent form',
    statement: 'A generated token takes the same time however long the text is.',
    figure: 'O(1) per token',
    scaledDown: `The sizes of gla_tiny with fresh weights, after ${short} and ${long} tokens that it really read, one thread, shortest times of alternating steps; the second may take ${MOST} of the first.`,
    budgetSeconds: seconds + 15,
    async run(context) {
      const zoo = await context.zoo({ threads: 1 });
      if (zoo.device.name === 'cpu') return REFERENCE_DEVICE;
      const model = freshModel(zoo, config);
      const states = [await stateAfter(model, short, context), await stateAfter(model, long, context)] as const;
      try {
        const subjects = new Map(
          states.map((state, i): [string, Timed] => [String([short, long][i]), () => model.step([65], state)]),
        );
        const times = await measure(subjects, seconds, context);
        const [first, second] = [times.get(String(short))!, times.get(String(long))!];
        return {
          measured: { [`context ${short}: ms`]: first, [`context ${long}: ms`]: second, ratio: second / first },
          holds: second / first <= MOST,
          because: `A token after ${long} others takes ${(second / first).toFixed(3)} of the time that one after ${short} takes.`,
        };
      } finally {
        for (const state of states) state.dispose();
        model.dispose();
      }
    },
  };
}
