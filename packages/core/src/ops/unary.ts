import { defineOp, implement, tensor, type Sample, type Tolerance } from '../op';
import type { Tensor } from '../tensor';
import { activationGrad } from './activation-grad';
import type { Activation } from './activations';
import { add, div, maximum, minimum, mul } from './binary';

const f32 = ['f32'] as const;
const numeric = ['f32', 'i32'] as const;

/** Elementwise: same shape, same dtype. `flops` is a nominal count per element, for rooflines. */
function unary(
  name: string,
  { dtypes = f32 as readonly ('f32' | 'i32')[], fill = 'normal' as 'normal' | 'positive' | 'uniform', flops = 1 } = {},
) {
  return defineOp({
    name,
    version: 1,
    inputs: [tensor('input', ...dtypes)],
    shape: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
    cost: ([x]) => ({ flops: flops * x.shape.reduce((a, b) => a * b, 1) }),
    samples: (): Sample[] => [
      { name: 'odd', ins: [{ shape: [3, 5, 7], fill }] },
      { name: 'long', ins: [{ shape: [1027], fill }] },
      { name: 'scalar', ins: [{ shape: [], fill }] },
      { name: 'empty', ins: [{ shape: [0, 4], fill }] },
    ],
  });
}

const LOOSE: Tolerance = { rel: 2e-6, abs: 2e-6 };

export const neg = unary('neg', { dtypes: numeric });
export const abs = unary('abs', { dtypes: numeric });
/** -1, 0 or 1; NaN stays NaN. */
export const sign = unary('sign', { dtypes: numeric });
export const exp = unary('exp', { flops: 10 });
export const expm1 = unary('expm1', { flops: 12 });
export const log = unary('log', { fill: 'positive', flops: 10 });
export const log1p = unary('log1p', { fill: 'positive', flops: 12 });
export const sqrt = unary('sqrt', { fill: 'positive' });
export const rsqrt = unary('rsqrt', { fill: 'positive', flops: 2 });
export const sin = unary('sin', { flops: 12 });
export const cos = unary('cos', { flops: 12 });
export const tanh = unary('tanh', { flops: 12 });
export const sigmoid = unary('sigmoid', { flops: 12 });
export const erf = unary('erf', { flops: 14 });
export const floor = unary('floor');
/** To the nearest integer, halves to even, as PyTorch. */
export const round = unary('round');
export const relu = unary('relu', { dtypes: numeric });
/** x · Φ(x) with the exact Gaussian distribution function. */
export const gelu = unary('gelu', { flops: 18 });
/** x · sigmoid(x). */
export const silu = unary('silu', { flops: 13 });
/** clamp(x + 3, 0, 6) / 6. */
export const hardsigmoid = unary('hardsigmoid', { flops: 4 });
/** x · hardsigmoid(x). */
export const hardswish = unary('hardswish', { flops: 5 });

const vjp = (rule: (x: Tensor, y: Tensor, dy: Tensor) => Tensor | undefined) => ({
  vjp: ({
    ins: [x],
    outs: [y],
    grads: [dy],
  }: {
    ins: readonly [Tensor];
    outs: readonly Tensor[];
    grads: readonly Tensor[];
  }) => [rule(x, y!, dy!)],
});
const zero = () => undefined;
const through = (activation: Activation) => vjp((x, _y, dy) => activationGrad(x, dy, { activation }));

implement(
  neg,
  vjp((_x, _y, dy) => neg(dy)),
);
implement(
  abs,
  vjp((x, _y, dy) => mul(dy, sign(x))),
);
implement(sign, vjp(zero));
implement(exp, { ...vjp((_x, y, dy) => mul(dy, y)), tolerance: LOOSE });
implement(expm1, { ...vjp((_x, y, dy) => mul(dy, add(y, 1))), tolerance: LOOSE });
implement(log, { ...vjp((x, _y, dy) => div(dy, x)), tolerance: LOOSE });
implement(log1p, { ...vjp((x, _y, dy) => div(dy, add(x, 1))), tolerance: LOOSE });
implement(
  sqrt,
  vjp((_x, y, dy) => div(dy, mul(y, 2))),
);
implement(
  rsqrt,
  vjp((x, y, dy) => mul(dy, div(mul(y, -0.5), x))),
);
implement(sin, { ...vjp((x, _y, dy) => mul(dy, cos(x))), tolerance: LOOSE });
implement(cos, { ...vjp((x, _y, dy) => neg(mul(dy, sin(x)))), tolerance: LOOSE });
implement(tanh, { ...through('tanh'), tolerance: LOOSE });
implement(sigmoid, { ...through('sigmoid'), tolerance: LOOSE });
implement(erf, { ...vjp((x, _y, dy) => mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))), tolerance: LOOSE });
implement(floor, vjp(zero));
implement(round, vjp(zero));
implement(relu, { composite: ([x]) => maximum(x, 0), ...through('relu') });
implement(gelu, {
  composite: ([x]) => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1)),
  ...through('gelu'),
  tolerance: LOOSE,
});
implement(silu, { composite: ([x]) => mul(x, sigmoid(x)), ...through('silu'), tolerance: LOOSE });
implement(hardsigmoid, {
  composite: ([x]) => div(minimum(maximum(add(x, 3), 0), 6), 6),
  ...through('hardsigmoid'),
});
implement(hardswish, { composite: ([x]) => mul(x, hardsigmoid(x)), ...through('hardswish') });
