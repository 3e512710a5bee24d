import { attr } from '../attr';
import { defineOp, implement, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { div, maximum, mul } from './binary';
import { lt, where } from './compare';
import { sum } from './reduce';
import { sizeOf, wantShape } from './shapes';
import { sqrt } from './unary';

/**
 * Adaptive gradient clipping of one parameter (Brock et al., arXiv 2102.06171, as timm computes it): each output unit's gradient is made at most
 * `factor` times as long as the unit's weights, which count as no shorter than `eps`. A unit is a slice along the first axis, or the whole of a
 * tensor with one axis or none. grad and param share any shape. One op, because models have hundreds of small parameters.
 */
export const clipUnitNorm = defineOp({
  name: 'clip_unit_norm',
  version: 1,
  inputs: [tensor('grad'), tensor('param')],
  attrs: { factor: attr.number(0.02), eps: attr.number(1e-3) },
  shape([grad, param]) {
    wantShape('clip_unit_norm', 'param', param, grad.shape);
    return { shape: grad.shape, dtype: 'f32' };
  },
  cost: ([grad]) => ({ flops: 5 * sizeOf(grad.shape) }),
  samples: (): Sample[] => [
    { name: 'kernels', ins: [{ shape: [5, 3, 3, 3] }, { shape: [5, 3, 3, 3] }] },
    { name: 'vector', ins: [{ shape: [9] }, { shape: [9] }], attrs: { factor: 0.5 } },
    { name: 'short enough', ins: [{ shape: [4, 7] }, { shape: [4, 7] }], attrs: { factor: 100 } },
    { name: 'short weights', ins: [{ shape: [2, 3] }, { shape: [2, 3] }], attrs: { eps: 20 } },
    { name: 'scalar', ins: [{ shape: [] }, { shape: [] }], attrs: { factor: 0.1 } },
  ],
});

function unitNorm(t: Tensor): Tensor {
  const dim = t.shape.length > 1 ? t.shape.map((_, i) => i).slice(1) : null;
  return sqrt(sum(mul(t, t), { dim, keepdim: true }));
}

implement(clipUnitNorm, {
  composite([grad, param], { factor, eps }) {
    const most = mul(maximum(unitNorm(param), eps), factor);
    const norm = unitNorm(grad);
    // Units that are short enough pass unchanged; the others must not divide by a norm near 0.
    return mul(grad, where(lt(norm, most), 1, div(most, maximum(norm, 1e-6))));
  },
  tolerance: { rel: 2e-6, abs: 1e-6 },
});
