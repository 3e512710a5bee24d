import * as core from '@paperzoo/core';
import { wasmKernel } from './kernels-module';
import { COSTLY_GRAIN } from './layout';

const { neg, abs, sign, exp, expm1, log, log1p, sqrt, rsqrt, sin, cos, tanh, sigmoid, erf, floor, round } = core;
const { relu, gelu, silu, hardsigmoid, hardswish } = core;

const real: readonly core.Op[] = [
  ...[exp, expm1, log, log1p, sqrt, rsqrt, sin, cos, tanh, sigmoid, erf, floor, round],
  ...[gelu, silu, hardsigmoid, hardswish],
];
const alsoInteger: readonly core.Op[] = [neg, abs, sign, relu];

/** The module has a function per op and type: `expF32`, `negI32`. */
const elementwise = (op: core.Op, dtypes: core.Kernel['dtypes']) =>
  wasmKernel(op, dtypes, (ctx, [x], y) => {
    ctx.parallel(op.name + (x!.dtype === 'i32' ? 'I32' : 'F32'), y.size, COSTLY_GRAIN, x!.buffer, y.buffer);
  });

export const unaryKernels = [
  ...real.map((op) => elementwise(op, ['f32'])),
  ...alsoInteger.map((op) => elementwise(op, ['f32', 'i32'])),
];
