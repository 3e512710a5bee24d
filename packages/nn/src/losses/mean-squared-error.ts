import { mean, mul, sub, type Tensor } from '@paperzoo/core';

/** Mean of (input - target)² over all elements. Shapes broadcast; f32 → scalar. */
export function meanSquaredError(input: Tensor, target: Tensor): Tensor {
  const difference = sub(input, target);
  return mean(mul(difference, difference));
}
