import { attr, defineOp, div, ge, implement, mul, neg, sigmoid, tensor, where, type Sample } from '@paperzoo/core';
import { gateLogsigmoid } from './gate-logsigmoid';
import { wantShape } from './gla-shapes';

/** Gradient of `gateLogsigmoid`'s logits z; dy is that of its result. All of one shape. */
export const gateLogsigmoidGrad = defineOp({
  name: 'gla.gate_logsigmoid_grad',
  version: 1,
  inputs: [tensor('z'), tensor('dy')],
  attrs: { tau: attr.number(16), clamp: attr.number(null) },
  shape([z, dy]) {
    wantShape('gla.gate_logsigmoid_grad', 'dy', dy, z.shape, 'as z');
    return { shape: z.shape, dtype: 'f32' };
  },
  cost: ([z]) => ({ flops: 14 * z.shape.reduce((a, b) => a * b, 1) }),
  samples: (): Sample[] => [
    { name: 'plain', ins: [{ shape: [3, 5, 7] }, { shape: [3, 5, 7] }] },
    { name: 'clamped', ins: [{ shape: [4, 9] }, { shape: [4, 9] }], attrs: { tau: 1, clamp: -0.5 } },
    { name: 'empty', ins: [{ shape: [0, 4] }, { shape: [0, 4] }] },
  ],
});

implement(gateLogsigmoidGrad, {
  // At equality with the bound the gradient passes, as PyTorch's clamp does.
  composite([z, dy], { tau, clamp }) {
    const dz = mul(dy, div(sigmoid(neg(z)), tau));
    return clamp === null ? dz : where(ge(gateLogsigmoid(z, { tau }), clamp), dz, 0);
  },
  tolerance: { rel: 4e-6, abs: 1e-6 },
});
