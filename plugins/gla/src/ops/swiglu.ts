import { defineOp, implement, mul, silu, tensor, type Sample } from '@paperzoo/core';
import { wantShape } from './gla-shapes';
import { swigluGrad } from './swiglu-grad';

/** silu(gate) · up, elementwise: what stands between the products of a gated MLP. gate and up share any shape. */
export const swiglu = defineOp({
  name: 'gla.swiglu',
  version: 1,
  inputs: [tensor('gate'), tensor('up')],
  shape([gate, up]) {
    wantShape('gla.swiglu', 'up', up, gate.shape, 'as gate');
    return { shape: gate.shape, dtype: 'f32' };
  },
  cost: ([gate]) => ({ flops: 14 * gate.shape.reduce((a, b) => a * b, 1) }),
  samples: (): Sample[] => [
    { name: 'odd', ins: [{ shape: [3, 5, 7] }, { shape: [3, 5, 7] }] },
    { name: 'scalar', ins: [{ shape: [] }, { shape: [] }] },
    { name: 'empty', ins: [{ shape: [0, 4] }, { shape: [0, 4] }] },
  ],
});

implement(swiglu, {
  composite: ([gate, up]) => mul(silu(gate), up),
  vjp: ({ ins: [gate, up], grads: [dy] }) => swigluGrad(gate, up, dy!),
  tolerance: { rel: 4e-6, abs: 4e-6 },
});
