import * as core from '@paperzoo/core';
import { defineGpuKernel } from '../define-gpu-kernel';
import { ACTIVATION_TEXTS } from '../text/activations';

/** One expression in `v` per op. */
const functions: readonly (readonly [core.Op, string, ...core.DType[]])[] = [
  [core.neg, '-v'],
  [core.abs, 'Math.abs(v)'],
  [core.exp, 'exponential(v)'],
  [core.expm1, 'expMinusOne(v)'],
  [core.log, 'logarithm(v)'],
  [core.log1p, 'logOnePlus(v)'],
  [core.sqrt, 'Math.sqrt(v)'],
  [core.rsqrt, '1 / Math.sqrt(v)'],
  [core.sin, 'sine(v)'],
  [core.cos, 'cosine(v)'],
  [core.sign, 'signOf(v)', 'f32', 'i32'],
  [core.erf, 'errorFunction(v)'],
  [core.floor, 'Math.floor(v)'],
  [core.round, 'nearestEven(v)'],
  [core.relu, ACTIVATION_TEXTS.relu, 'f32', 'i32'],
  [core.gelu, ACTIVATION_TEXTS.gelu],
  [core.silu, ACTIVATION_TEXTS.silu],
  [core.tanh, ACTIVATION_TEXTS.tanh],
  [core.sigmoid, ACTIVATION_TEXTS.sigmoid],
  [core.hardsigmoid, ACTIVATION_TEXTS.hardsigmoid],
  [core.hardswish, ACTIVATION_TEXTS.hardswish],
];

export const unaryKernels = functions.map(([op, expression, ...dtypes]) =>
  defineGpuKernel(op, {
    source: /* js */ `function (x) {
    const v = x[this.thread.x];
    return ${expression};
  }`,
    ...(dtypes.length > 0 && { dtypes }),
  }),
);
