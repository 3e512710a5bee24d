import {
  abs,
  attr,
  AttrError,
  defineOp,
  div,
  exp,
  implement,
  log1p,
  maximum,
  minimum,
  neg,
  sub,
  tensor,
  type Sample,
} from '@paperzoo/core';
import type { OnnxRule } from '@paperzoo/onnx';
import { gateLogsigmoidGrad } from './gate-logsigmoid-grad';

/**
 * Log decay of a gate's logits: max(logsigmoid(z) / tau, clamp), elementwise (paper, section 4.4: tau = 16). z and the result share any
 * shape, float32; `clamp` null sets no bound. It never overflows: logsigmoid(z) = min(z, 0) - log1p(exp(-|z|)).
 */
export const gateLogsigmoid = defineOp({
  name: 'gla.gate_logsigmoid',
  version: 1,
  inputs: [tensor('z')],
  attrs: { tau: attr.number(16), clamp: attr.number(null) },
  shape([z], { tau, clamp }) {
    if (!(tau > 0)) {
      throw new AttrError(`gla.gate_logsigmoid: tau must be above 0, got ${tau}.`, {
        op: 'gla.gate_logsigmoid',
        argument: 'tau',
        expected: 'a number above 0',
        got: tau,
      });
    }
    if (clamp !== null && !(clamp <= 0)) {
      throw new AttrError(`gla.gate_logsigmoid: clamp must be at most 0, as log decays are, got ${clamp}.`, {
        op: 'gla.gate_logsigmoid',
        argument: 'clamp',
        expected: 'a number of at most 0, or null',
        got: clamp,
      });
    }
    return { shape: z.shape, dtype: 'f32' };
  },
  cost: ([z]) => ({ flops: 26 * z.shape.reduce((a, b) => a * b, 1) }),
  samples: (): Sample[] => [
    { name: 'plain', ins: [{ shape: [3, 5, 7] }] },
    { name: 'clamped', ins: [{ shape: [4, 9] }], attrs: { tau: 1, clamp: -0.5 } },
    { name: 'huge', ins: [{ shape: [6], fill: [1000, -1000, 0, 20, -20, 88] }] },
    { name: 'empty', ins: [{ shape: [0, 4] }] },
  ],
});

/** logsigmoid(z) = -softplus(-z). */
const gateLogsigmoidOnnx: OnnxRule = {
  lower(call) {
    const { tau, clamp } = call.attrs as { readonly tau: number; readonly clamp: number | null };
    const positive = call.add('Softplus', [call.add('Neg', [call.ins[0]])]);
    const g = call.add('Mul', [positive, call.scalar(-1 / tau)]);
    return clamp === null ? g : call.add('Max', [g, call.scalar(clamp)]);
  },
};

implement(gateLogsigmoid, {
  onnx: gateLogsigmoidOnnx,
  composite([z], { tau, clamp }) {
    const g = div(sub(minimum(z, 0), log1p(exp(neg(abs(z))))), tau);
    return clamp === null ? g : maximum(g, clamp);
  },
  vjp: ({ ins: [z], grads: [dy], attrs }) => [gateLogsigmoidGrad(z, dy!, attrs)],
  tolerance: { rel: 4e-6, abs: 1e-7 },
});
