import type { Contestant } from '../peers/contestant';
import type { Trainer } from './problem';

/** Losses of so many steps from the same parameters are compared before anything is timed. */
const COMPARED_STEPS = 3;

/** A training run as a contestant: a call is one step, its answer the losses of the first steps. */
export function trainingContestant(id: string, trainer: Trainer, threads = 1): Contestant {
  return {
    ...{ id, label: id, threads },
    run: () => trainer.step(),
    async output() {
      const losses = new Float32Array(COMPARED_STEPS);
      for (let i = 0; i < COMPARED_STEPS; i++) losses[i] = await trainer.step();
      return losses;
    },
    dispose: () => trainer.dispose(),
  };
}
