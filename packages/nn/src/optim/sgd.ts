import { add, mul, sub } from '@paperzoo/core';
import { eachParameter, zeroState } from './each-parameter';
import type { Optimizer, ParameterGroups } from './optimizer';

export interface SgdOptions extends ParameterGroups {
  /** Default 0: plain gradient descent. */
  readonly momentum?: number;
  /** Look ahead by one step of the momentum. */
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent with PyTorch's momentum: buffer = momentum · buffer + gradient; weight decay is added to the gradient. */
export function sgd({ momentum = 0, nesterov = false, ...groups }: SgdOptions = {}): Optimizer {
  const slots = momentum ? ['momentum'] : [];
  return {
    name: 'sgd',
    slots,
    init: (params) => zeroState(slots, params),
    update: (step) =>
      eachParameter(slots, groups, step, ({ param, grad, slots: [buffer], lr, weightDecay }) => {
        const slope = weightDecay ? add(grad, mul(param, weightDecay)) : grad;
        if (!buffer) return [sub(param, mul(slope, lr))];
        const moved = add(mul(buffer, momentum), slope);
        const direction = nesterov ? add(slope, mul(moved, momentum)) : moved;
        return [sub(param, mul(direction, lr)), moved];
      }),
  };
}
