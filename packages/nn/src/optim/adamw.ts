import { adamwStep } from '@paperzoo/core';
import { eachParameter, zeroState } from './each-parameter';
import type { Optimizer, ParameterGroups } from './optimizer';

export interface AdamOptions extends ParameterGroups {
  /** Decay of the two running means; default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  readonly eps?: number;
}

const SLOTS = ['m', 'v'];

/** AdamW: Adam with the weight decay taken from the parameter itself (arXiv 1711.05101), in PyTorch's order of operations. */
export function adamw({ betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, ...groups }: AdamOptions = {}): Optimizer {
  return {
    name: 'adamw',
    slots: SLOTS,
    init: (params) => zeroState(SLOTS, params),
    update: (given) =>
      eachParameter(SLOTS, groups, given, ({ param, grad, slots, lr, weightDecay, step }) =>
        adamwStep(param, grad, slots[0]!, slots[1]!, { lr, beta1, beta2, eps, weightDecay, step }),
      ),
  };
}
