/** Learning rate of a step; steps count from 0. */
export type Schedule = (step: number) => number;

/** The same rate for ever. */
export const constantRate =
  (rate: number): Schedule =>
  () =>
    rate;

/** From `from` at step 0 in a straight line to `to` at step `steps`, and `to` from then on. */
export const linearRate =
  ({ from, to, steps }: { readonly from: number; readonly to: number; readonly steps: number }): Schedule =>
  (step) =>
    step >= steps ? to : from + (step * (to - from)) / steps;

/** From `peak` at step 0 along half a cosine to `floor` at step `steps`, and `floor` from then on. */
export const cosineRate =
  ({ peak, floor = 0, steps }: { readonly peak: number; readonly floor?: number; readonly steps: number }): Schedule =>
  (step) =>
    step >= steps ? floor : floor + 0.5 * (peak - floor) * (1 + Math.cos((Math.PI * step) / steps));

export interface WarmUpOptions {
  readonly steps: number;
  /** Rate of step 0; default 0. */
  readonly from?: number;
  /** False: `then` counts the steps of the warm-up as its own (timm's habit). True, the default: it starts after it. */
  readonly delay?: boolean;
}

/** A straight line to the first rate of `then`, and `then` afterwards. */
export const warmUp =
  (then: Schedule, { steps, from = 0, delay = true }: WarmUpOptions): Schedule =>
  (step) =>
    step < steps ? from + (step * (then(0) - from)) / steps : then(delay ? step - steps : step);

/** A schedule over epochs. `late`: each epoch runs at the rate of the one before, as loops do that ask for the next rate after an epoch. */
export const perEpoch =
  (schedule: Schedule, stepsPerEpoch: number, { late = false }: { readonly late?: boolean } = {}): Schedule =>
  (step) =>
    schedule(Math.max(Math.floor(step / stepsPerEpoch) - Number(late), 0));
