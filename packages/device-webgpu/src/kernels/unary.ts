import * as core from '@paperzoo/core';
import { webgpuKernel } from '../context';
import { geluf, hardsigmoidf, hardswishf, reluf, siluf } from '../wgsl/activations';
import { sinef } from '../wgsl/angle';
import { wgslFunction, type WgslFunction } from '../wgsl/functions';
import { erff, expf, expm1f, log1pf, logf, rsqrtf, sigmoidf, sqrtf, tanhf } from '../wgsl/math';
import { isNan, order, signf } from '../wgsl/special';
import { runPointwise } from './pointwise';

/** Just below 0 lies -1, also where an adapter takes what is just below 0 for 0. */
const floorf = wgslFunction(
  `fn floorf(x: f32) -> f32 { if (!isNan(x) && x > -1.0 && order(x) < 0) { return -1.0; } return floor(x); }`,
  isNan,
  order,
);

const functions: readonly (readonly [core.Op, WgslFunction])[] = [
  [core.sign, signf],
  [core.floor, floorf],
  [core.exp, expf],
  [core.expm1, expm1f],
  [core.log, logf],
  [core.log1p, log1pf],
  [core.sqrt, sqrtf],
  [core.rsqrt, rsqrtf],
  [core.tanh, tanhf],
  [core.sigmoid, sigmoidf],
  [core.erf, erff],
  [core.relu, reluf],
  [core.gelu, geluf],
  [core.silu, siluf],
  [core.hardsigmoid, hardsigmoidf],
  [core.hardswish, hardswishf],
];

const expressions: readonly (readonly [core.Op, string, WgslFunction?])[] = [
  [core.neg, '-a'],
  [core.abs, 'abs(a)'],
  [core.round, 'round(a)'],
  [core.sin, 'sinef(a, 0)', sinef],
  [core.cos, 'sinef(a, 1)', sinef],
  ...functions.map(([op, f]) => [op, `${f.name}(a)`, f] as const),
];

/** Integers have no special values; negation and magnitude wrap, as the machine's. */
const integers: Readonly<Record<string, string>> = { neg: '-a', abs: 'abs(a)', sign: 'sign(a)', relu: 'max(a, 0)' };

export const unaryKernels = expressions.map(([op, code, uses]) =>
  webgpuKernel(op, {
    dtypes: op.name in integers ? ['f32', 'i32'] : ['f32'],
    run(ctx, [x], [y]) {
      const integer = x!.dtype === 'i32' ? integers[op.name] : undefined;
      const f = { name: op.name, code: integer ?? code, ...(uses && !integer && { uses: [uses] }) };
      runPointwise(ctx, f, [x!], y!);
    },
  }),
);
