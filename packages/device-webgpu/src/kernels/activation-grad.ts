import { activationGrad, type Activation } from '@paperzoo/core';
import { webgpuKernel } from '../context';
import type { WgslFunction } from '../wgsl/functions';
import { erff, expf, sigmoidf, tanhf } from '../wgsl/math';
import { isNan, order } from '../wgsl/special';
import { runPointwise } from './pointwise';

/** f'(a) · b in the form that PyTorch has at the corners. Signs are asked of the bits: comparisons may take subnormals for 0. */
const FORMS: Readonly<Record<Activation, readonly [code: string, ...uses: WgslFunction[]]>> = {
  none: ['b'],
  relu: ['select(0.0, b, order(a) > 0 && !isNan(a))', order, isNan],
  sigmoid: ['b * (sigmoidf(a) * (1.0 - sigmoidf(a)))', sigmoidf],
  tanh: ['b * (1.0 - tanhf(a) * tanhf(a))', tanhf],
  // (x · s)' = s + x · s · (1 - s)
  silu: ['b * (sigmoidf(a) * (a * (1.0 - sigmoidf(a)) + 1.0))', sigmoidf],
  // (x · Φ(x))' = Φ(x) + x · φ(x)
  gelu: ['b * ((erff(a * 0.70710678) + 1.0) * 0.5 + a * (expf(a * a * -0.5) * 0.39894228))', erff, expf],
  hardsigmoid: ['select(0.0, b / 6.0, abs(a) < 3.0)'],
  // At ±3 the outer pieces' slopes.
  hardswish: ['b * select(select(0.0, a / 3.0 + 0.5, a > -3.0), 1.0, a >= 3.0)'],
};

export const activationGradKernel = webgpuKernel<{ activation: Activation }>(activationGrad, {
  run(ctx, [x, dy], [dx], { activation }) {
    const [code, ...uses] = FORMS[activation];
    runPointwise(ctx, { name: `activation_grad/${activation}`, code, uses }, [x!, dy!], dx!);
  },
});
