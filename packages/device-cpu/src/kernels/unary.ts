import * as core from '@paperzoo/core';
import { erf, roundHalfEven } from '../special';
import { cpuKernel } from '../values';

const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const hardsigmoid = (x: number) => Math.min(Math.max(x + 3, 0), 6) / 6;

/** One function of a number per op; storing rounds. */
const functions: readonly (readonly [core.Op, (x: number) => number])[] = [
  [core.neg, (x) => -x],
  [core.abs, Math.abs],
  [core.sign, (x) => (x === 0 ? 0 : Math.sign(x))],
  [core.exp, Math.exp],
  [core.expm1, Math.expm1],
  [core.log, Math.log],
  [core.log1p, Math.log1p],
  [core.sqrt, Math.sqrt],
  [core.rsqrt, (x) => 1 / Math.sqrt(x)],
  [core.sin, Math.sin],
  [core.cos, Math.cos],
  [core.tanh, Math.tanh],
  [core.sigmoid, sigmoid],
  [core.erf, erf],
  [core.floor, Math.floor],
  [core.round, roundHalfEven],
  [core.relu, (x) => Math.max(x, 0)],
  [core.gelu, (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))],
  [core.silu, (x) => x * sigmoid(x)],
  [core.hardsigmoid, hardsigmoid],
  [core.hardswish, (x) => x * hardsigmoid(x)],
];

export const unaryKernels = functions.map(([op, f]) =>
  cpuKernel(op, ([x], y) => {
    for (let i = 0; i < y.size; i++) y.buffer[i] = f(x!.buffer[i]!);
  }),
);
