import { activationGrad, defineOp, implement, mul, silu, tensor, type Sample, type Tensor } from '@paperzoo/core';
import { wantShape } from './gla-shapes';

/** Gradients of `swiglu`'s gate and up: [dy · up · silu'(gate), dy · silu(gate)]. All of one shape. */
export const swigluGrad = defineOp({
  name: 'gla.swiglu_grad',
  version: 1,
  inputs: [tensor('gate'), tensor('up'), tensor('dy')],
  shape([gate, up, dy]) {
    wantShape('gla.swiglu_grad', 'up', up, gate.shape, 'as gate');
    wantShape('gla.swiglu_grad', 'dy', dy, gate.shape, 'as gate');
    const spec = { shape: gate.shape, dtype: 'f32' } as const;
    return [spec, spec] as const;
  },
  cost: ([gate]) => ({ flops: 19 * gate.shape.reduce((a, b) => a * b, 1) }),
  samples: (): Sample[] => [
    { name: 'odd', ins: [{ shape: [3, 5, 7] }, { shape: [3, 5, 7] }, { shape: [3, 5, 7] }] },
    { name: 'empty', ins: [{ shape: [0, 4] }, { shape: [0, 4] }, { shape: [0, 4] }] },
  ],
});

implement(swigluGrad, {
  composite: ([gate, up, dy]): [Tensor, Tensor] => [
    activationGrad(gate, mul(dy, up), { activation: 'silu' }),
    mul(dy, silu(gate)),
  ],
  tolerance: { rel: 6e-6, abs: 6e-6 },
});
