import { attr } from '../attr';
import { AttrError } from '../errors';
import { defineOp, implement, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { add, div, mul, sub } from './binary';
import { sizeOf, wantShape } from './shapes';
import { sqrt } from './unary';

/**
 * One step of AdamW (Loshchilov and Hutter, arXiv 1711.05101, as PyTorch computes it) on one parameter of any shape:
 * m' = β1·m + (1 - β1)·grad, v' = β2·v + (1 - β2)·grad², param' = (1 - lr·weightDecay)·param - lr·m̂ / (√v̂ + eps), where m̂ and v̂ are m' and v'
 * over 1 - β^step. `step` counts from 1. → [param', m', v']. One op, because as elementwise ops it reads and writes the parameter ten times.
 */
export const adamwStep = defineOp({
  name: 'adamw_step',
  version: 1,
  inputs: [tensor('param'), tensor('grad'), tensor('m'), tensor('v')],
  attrs: {
    lr: attr.number(),
    beta1: attr.number(0.9),
    beta2: attr.number(0.999),
    eps: attr.number(1e-8),
    weightDecay: attr.number(0),
    step: attr.int(),
  },
  shape([param, grad, m, v], { step }) {
    const { shape } = param;
    wantShape('adamw_step', 'grad', grad, shape);
    wantShape('adamw_step', 'm', m, shape);
    wantShape('adamw_step', 'v', v, shape);
    if (step < 1) {
      const details = { op: 'adamw_step', argument: 'step', expected: 'at least 1', got: step };
      throw new AttrError(`adamw_step: step counts from 1, got ${step}.`, details);
    }
    const spec = { shape, dtype: 'f32' } as const;
    return [spec, spec, spec] as const;
  },
  cost: ([param]) => ({ flops: 12 * sizeOf(param.shape) }),
  samples: (): Sample[] => {
    const ins = (shape: number[]) => [{ shape }, { shape }, { shape }, { shape, fill: 'positive' as const }];
    return [
      { name: 'first', ins: ins([5, 7]), attrs: { lr: 0.01, step: 1 } },
      { name: 'decayed', ins: ins([33]), attrs: { lr: 0.1, beta1: 0.8, beta2: 0.95, weightDecay: 0.1, step: 7 } },
      { name: 'scalar', ins: ins([]), attrs: { lr: 1e-3, eps: 1e-3, step: 1000 } },
    ];
  },
});

implement(adamwStep, {
  composite([param, grad, m, v], { lr, beta1, beta2, eps, weightDecay, step }): [Tensor, Tensor, Tensor] {
    const first = add(mul(m, beta1), mul(grad, 1 - beta1));
    const second = add(mul(v, beta2), mul(mul(grad, grad), 1 - beta2));
    const scale = add(mul(sqrt(second), 1 / Math.sqrt(1 - beta2 ** step)), eps);
    const move = mul(div(first, scale), lr / (1 - beta1 ** step));
    return [sub(mul(param, 1 - lr * weightDecay), move), first, second];
  },
  tolerance: { rel: 4e-6, abs: 1e-6 },
});
