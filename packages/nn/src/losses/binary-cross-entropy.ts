import { abs, add, exp, log1p, mean, mul, neg, relu, sub, type Tensor } from '@paperzoo/core';

/**
 * Mean binary cross entropy of logits with targets in [0, 1] of the same shape: max(x, 0) - x·t + log(1 + e^-|x|), which no logit overflows.
 * f32 → scalar.
 */
export function binaryCrossEntropy(logits: Tensor, target: Tensor): Tensor {
  return mean(add(sub(relu(logits), mul(logits, target)), log1p(exp(neg(abs(logits))))));
}
