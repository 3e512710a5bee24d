import { adamwStep, add, mul } from '@paperzoo/core';
import type { AdamOptions } from './adamw';
import { eachParameter, zeroState } from './each-parameter';
import type { Optimizer } from './optimizer';

const SLOTS = ['m', 'v'];

/** Adam (arXiv 1412.6980); weight decay, if any, is added to the gradient as PyTorch's `Adam` does. */
export function adam({ betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, ...groups }: AdamOptions = {}): Optimizer {
  return {
    name: 'adam',
    slots: SLOTS,
    init: (params) => zeroState(SLOTS, params),
    update: (given) =>
      eachParameter(SLOTS, groups, given, ({ param, grad, slots, lr, weightDecay, step }) => {
        const slope = weightDecay ? add(grad, mul(param, weightDecay)) : grad;
        return adamwStep(param, slope, slots[0]!, slots[1]!, { lr, beta1, beta2, eps, step });
      }),
  };
}
