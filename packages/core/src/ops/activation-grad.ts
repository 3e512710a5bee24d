import { attr } from '../attr';
import { defineOp, implement, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { ACTIVATIONS, type Activation } from './activations';
import { add, div, mul, sub } from './binary';
import { ge, gt, lt, where } from './compare';
import { sizeOf, wantShape } from './shapes';
import { abs, erf, exp, sigmoid, tanh } from './unary';

/**
 * Gradient of an elementwise activation: f'(input) · grad. input and grad share any shape. One op, because as several it reads and writes
 * the map a time for each.
 */
export const activationGrad = defineOp({
  name: 'activation_grad',
  version: 1,
  inputs: [tensor('input'), tensor('grad')],
  attrs: { activation: attr.oneOf(ACTIVATIONS) },
  shape([x, dy]) {
    wantShape('activation_grad', 'grad', dy, x.shape);
    return { shape: x.shape, dtype: 'f32' };
  },
  cost: ([x]) => ({ flops: 15 * sizeOf(x.shape) }),
  samples: (): Sample[] => [
    ...ACTIVATIONS.map((activation) => ({
      name: activation,
      ins: [{ shape: [3, 5, 7] }, { shape: [3, 5, 7] }],
      attrs: { activation },
    })),
    {
      name: 'outer pieces',
      ins: [{ shape: [5], fill: [-3.5, 3.5, 0.25, 2.5, -4] }, { shape: [5] }],
      attrs: { activation: 'hardswish' },
    },
    { name: 'empty', ins: [{ shape: [0, 4] }, { shape: [0, 4] }], attrs: { activation: 'relu' } },
  ],
});

/** f'(x) · dy in the form that PyTorch has at the corners. */
const RULES: Readonly<Record<Activation, (x: Tensor, dy: Tensor) => Tensor>> = {
  none: (_x, dy) => mul(dy, 1),
  // The derivative at 0 is 0.
  relu: (x, dy) => where(gt(x, 0), dy, 0),
  sigmoid(x, dy) {
    const y = sigmoid(x);
    return mul(dy, mul(y, sub(1, y)));
  },
  tanh(x, dy) {
    const y = tanh(x);
    return mul(dy, sub(1, mul(y, y)));
  },
  // (x · s)' = s + x · s · (1 - s)
  silu(x, dy) {
    const s = sigmoid(x);
    return mul(dy, mul(s, add(mul(x, sub(1, s)), 1)));
  },
  // (x · Φ(x))' = Φ(x) + x · φ(x)
  gelu(x, dy) {
    const below = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return mul(dy, add(below, mul(x, density)));
  },
  hardsigmoid: (x, dy) => where(lt(abs(x), 3), mul(dy, 1 / 6), 0),
  // At ±3 the outer pieces' slopes: 0 at -3 and 1 at 3.
  hardswish: (x, dy) => mul(dy, where(ge(x, 3), 1, where(gt(x, -3), add(div(x, 3), 0.5), 0))),
};

implement(activationGrad, {
  composite: ([x, dy], { activation }) => RULES[activation](x, dy),
  tolerance: { rel: 4e-6, abs: 4e-6 },
});
