import * as core from '@paperzoo/core';
import { wasmKernel } from './kernels-module';
import { COSTLY_GRAIN } from './layout';
import { UNARY_CODES } from './unary-codes';

const { neg, abs, sign, exp, expm1, log, log1p, sqrt, rsqrt, sin, cos, tanh, sigmoid, erf, floor, round } = core;
const { relu, gelu, silu, hardsigmoid, hardswish } = core;

const ops = {
  neg,
  abs,
  sign,
  exp,
  expm1,
  log,
  log1p,
  sqrt,
  rsqrt,
  sin,
  cos,
  tanh,
  sigmoid,
  erf,
  floor,
  round,
  relu,
  gelu,
  silu,
  hardsigmoid,
  hardswish,
};
const integer = new Set<core.Op>([neg, abs, sign, relu]);

export const unaryKernels = Object.entries(UNARY_CODES).map(([name, code]) => {
  const op: core.Op = ops[name as keyof typeof UNARY_CODES];
  return wasmKernel(op, integer.has(op) ? ['f32', 'i32'] : ['f32'], (ctx, [x], y) => {
    const f = x!.dtype === 'i32' ? 'unaryI32' : 'unary';
    ctx.parallel(f, y.size, COSTLY_GRAIN, code, x!.buffer, y.buffer);
  });
});
