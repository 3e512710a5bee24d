import { attr, defineOp, implement, mul, optional, rmsNorm, sigmoid, silu, tensor, type Sample } from '@paperzoo/core';
import { GATE_ACTIVATIONS } from './gate-activation';
import { wantShape } from './gla-shapes';
import { rmsNormGatedGrad } from './rms-norm-gated-grad';

/** x / sqrt(mean(x²) + eps) · weight · activation(g) over the last axis: the output gate of a head. x and g [..., V], weight [V]. */
export const rmsNormGated = defineOp({
  name: 'gla.rms_norm_gated',
  version: 1,
  inputs: [tensor('x'), tensor('g'), optional('weight')],
  attrs: { eps: attr.number(1e-5), activation: attr.oneOf(GATE_ACTIVATIONS, 'swish') },
  shape([x, g, weight]) {
    wantShape('gla.rms_norm_gated', 'g', g, x.shape, 'as x');
    wantShape('gla.rms_norm_gated', 'weight', weight, [x.shape.at(-1) ?? 0], 'the last axis of x');
    return { shape: x.shape, dtype: 'f32' };
  },
  cost: ([x]) => ({ flops: 18 * x.shape.reduce((a, b) => a * b, 1) }),
  samples: (): Sample[] => [
    { name: 'swish', ins: [{ shape: [2, 3, 2, 12] }, { shape: [2, 3, 2, 12] }, { shape: [12] }] },
    { name: 'bare', ins: [{ shape: [5, 7] }, { shape: [5, 7] }, null], attrs: { eps: 1e-3 } },
    { name: 'sigmoid', ins: [{ shape: [3, 9] }, { shape: [3, 9] }, { shape: [9] }], attrs: { activation: 'sigmoid' } },
    { name: 'empty', ins: [{ shape: [0, 4] }, { shape: [0, 4] }, { shape: [4] }] },
  ],
});

implement(rmsNormGated, {
  composite: ([x, g, weight], { eps, activation }) =>
    mul(rmsNorm(x, weight, { eps }), activation === 'swish' ? silu(g) : sigmoid(g)),
  vjp({ ins: [x, g, weight], grads: [dy], attrs }) {
    const [dx, dg, dw] = rmsNormGatedGrad(x, g, dy!, weight, attrs);
    return [dx, dg, weight && dw];
  },
  tolerance: { rel: 8e-6, abs: 4e-6 },
});
