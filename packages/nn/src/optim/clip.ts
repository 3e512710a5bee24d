import { add, clipUnitNorm, div, minimum, mul, sqrt, sum, type Tensor } from '@paperzoo/core';
import type { Tensors } from './optimizer';

/** Changes gradients before an optimiser sees them. Runs on the device and reads nothing back. */
export type GradientClip = (grads: Tensors, params: Tensors) => Tensors;

/** Euclidean norm of all tensors together, a scalar; zero-size sets are refused by having no tensor to start from. */
export function globalNorm(tensors: Tensors): Tensor {
  const [first, ...rest] = Object.values(tensors).map((t) => sum(mul(t, t)));
  if (!first) throw new RangeError('globalNorm: there are no tensors.');
  return sqrt(rest.reduce((total, square) => add(total, square), first));
}

/** Scales all gradients together so that their global norm is at most `most` (PyTorch's `clip_grad_norm_`). */
export const clipByGlobalNorm =
  (most: number): GradientClip =>
  (grads) => {
    const factor = minimum(div(grads[Object.keys(grads)[0]!]!.zoo.full([], most), add(globalNorm(grads), 1e-6)), 1);
    return Object.fromEntries(Object.entries(grads).map(([key, grad]) => [key, mul(grad, factor)]));
  };

/**
 * Adaptive gradient clipping (Brock et al., arXiv 2102.06171, as timm computes it): each output unit's gradient is at most `factor` times as long as
 * the unit's weights, which count as no shorter than `eps`. A unit is a slice along the first axis, or the whole of a tensor with one axis.
 */
export const adaptiveClip =
  (factor = 0.02, eps = 1e-3): GradientClip =>
  (grads, params) =>
    Object.fromEntries(
      Object.entries(grads).map(([key, grad]) => [key, clipUnitNorm(grad, params[key]!, { factor, eps })]),
    );
