import {
  activationGrad,
  attr,
  defineOp,
  implement,
  mul,
  optional,
  rmsNorm,
  rmsNormGrad,
  sigmoid,
  silu,
  tensor,
  type Sample,
  type Tensor,
} from '@paperzoo/core';
import { GATE_ACTIVATIONS } from './gate-activation';
import { wantShape } from './gla-shapes';

const OP = 'gla.rms_norm_gated_grad';

/** Gradients of `rmsNormGated`'s x, g and weight; dy [..., V] is that of its result. → [as x, as x, [V]]. */
export const rmsNormGatedGrad = defineOp({
  name: OP,
  version: 1,
  inputs: [tensor('x'), tensor('g'), tensor('dy'), optional('weight')],
  attrs: { eps: attr.number(1e-5), activation: attr.oneOf(GATE_ACTIVATIONS, 'swish') },
  shape([x, g, dy, weight]) {
    const row = [x.shape.at(-1) ?? 0];
    wantShape(OP, 'g', g, x.shape, 'as x');
    wantShape(OP, 'dy', dy, x.shape, 'as x');
    wantShape(OP, 'weight', weight, row, 'the last axis of x');
    const like = { shape: x.shape, dtype: 'f32' } as const;
    return [like, like, { shape: row, dtype: 'f32' }] as const;
  },
  cost: ([x]) => ({ flops: 36 * x.shape.reduce((a, b) => a * b, 1) }),
  samples: (): Sample[] => {
    const ins = (...shape: number[]) => [{ shape }, { shape }, { shape }];
    return [
      { name: 'swish', ins: [...ins(2, 3, 2, 12), { shape: [12] }] },
      { name: 'bare', ins: [...ins(5, 7), null], attrs: { eps: 1e-3 } },
      { name: 'sigmoid', ins: [...ins(67, 9), { shape: [9] }], attrs: { activation: 'sigmoid' } },
      { name: 'no rows', ins: [...ins(0, 4), { shape: [4] }] },
    ];
  },
});

implement(rmsNormGatedGrad, {
  composite([x, g, dy, weight], { eps, activation }): [Tensor, Tensor, Tensor] {
    const gate = activation === 'swish' ? silu(g) : sigmoid(g);
    const [dx, dw] = rmsNormGrad(x, mul(dy, gate), weight, { eps });
    const dGate = mul(dy, rmsNorm(x, weight, { eps }));
    return [dx, activationGrad(g, dGate, { activation: activation === 'swish' ? 'silu' : 'sigmoid' }), dw];
  },
  tolerance: { rel: 8e-6, abs: 2e-5 },
});
