import { logSoftmax, mul, ShapeError, sum, type Tensor } from '@paperzoo/core';

/**
 * Mean over rows of -Σ target · log softmax(logits), for target distributions such as `mixupTargets` makes. logits, target [N, C] f32 → scalar.
 * @throws ShapeError unless both are [N, C]
 */
export function softTargetCrossEntropy(logits: Tensor, target: Tensor): Tensor {
  const { shape } = logits;
  if (shape.length !== 2 || target.shape.length !== 2 || shape.some((n, i) => n !== target.shape[i])) {
    throw new ShapeError(
      `soft_target_cross_entropy: logits and target must both be [rows, classes], got [${shape.join(', ')}] and [${target.shape.join(', ')}].`,
      { op: 'soft_target_cross_entropy', argument: 'target', expected: shape, got: target.shape },
    );
  }
  return mul(sum(mul(logSoftmax(logits, { dim: 1 }), target)), -1 / shape[0]!);
}
