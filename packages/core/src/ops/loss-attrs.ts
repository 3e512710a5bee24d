import { attr } from '../attr';
import type { Spec } from '../dtype';
import { AttrError } from '../errors';
import type { Tensor } from '../tensor';
import { ne, where } from './compare';
import { wantRank, wantShape } from './shapes';

export const REDUCTIONS = ['mean', 'sum', 'none'] as const;

/** Attributes of the cross entropy and of its gradient. */
export const lossAttrs = {
  ignoreIndex: attr.int(-100),
  labelSmoothing: attr.number(0),
  reduction: attr.oneOf(REDUCTIONS, 'mean'),
};

/** Checks logits [N, C], targets [N] and the smoothing. */
export function checkLoss(op: string, x: Spec, target: Spec, labelSmoothing: number): void {
  wantRank(op, 'input', x, 2, '[rows, classes]');
  wantShape(op, 'target', target, [x.shape[0]!]);
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    const details = { op, argument: 'labelSmoothing', got: labelSmoothing };
    throw new AttrError(`${op}: labelSmoothing must be in [0, 1), got ${labelSmoothing}.`, details);
  }
}

/** 1 for rows that count. */
export const counted = (target: Tensor, ignoreIndex: number): Tensor =>
  where(ne(target, ignoreIndex), target.zoo.ones([]), 0);
