import * as core from '@paperzoo/core';
import { defineGpuKernel } from '../define-gpu-kernel';
import { broadcastStrides, strided } from '../text/strided';

/** `p` and `q` are the two elements. What is not a number loses every comparison, and p + q is then not a number either. */
const arithmetic: readonly (readonly [core.Op, string, ...core.DType[]])[] = [
  [core.add, 'return p + q;'],
  [core.sub, 'return p - q;'],
  [core.mul, 'return p * q;'],
  [core.div, 'return p / q;'],
  [core.pow, 'return power(p, q);'],
  // Choosing one of two keeps integers exact; sums and products of them could leave what float32 holds, so they have no kernel.
  [core.maximum, 'if (p > q) { return p; } if (q >= p) { return q; } return p + q;', 'f32', 'i32'],
  [core.minimum, 'if (p < q) { return p; } if (q <= p) { return q; } return p + q;', 'f32', 'i32'],
];

const comparisons: readonly (readonly [core.Op, string])[] = [
  [core.eq, 'p == q'],
  [core.lt, 'p < q'],
  [core.le, 'p <= q'],
  [core.gt, 'p > q'],
  [core.ge, 'p >= q'],
  [core.logicalAnd, 'p != 0 && q != 0'],
  [core.logicalOr, 'p != 0 || q != 0'],
];

const walk = (ins: readonly (core.Spec | undefined)[], out: core.Spec) => {
  const [a, b] = ins.map((x) => ({ strides: broadcastStrides(x!.shape, out.shape) }));
  return strided(out.shape, { a: a!, b: b! });
};

const pairwise = (op: core.Op, statements: string, dtypes: readonly core.DType[] | 'any') =>
  defineGpuKernel(op, {
    source: (ins, out) => /* js */ `function (a, b) {
    ${walk(ins, out).lines}
    const p = a[aAt];
    const q = b[bAt];
    ${statements}
  }`,
    constants: (ins, out) => walk(ins, out).constants,
    dtypes,
  });

const not = defineGpuKernel(core.logicalNot, {
  source: 'function (x) { if (x[this.thread.x] == 0) { return 1; } return 0; }',
  dtypes: 'any',
});

const choose = (ins: readonly (core.Spec | undefined)[], out: core.Spec) => {
  const [c, a, b] = ins.map((x) => ({ strides: broadcastStrides(x!.shape, out.shape) }));
  return strided(out.shape, { c: c!, a: a!, b: b! });
};

const where = defineGpuKernel(core.where, {
  source: (ins, out) => /* js */ `function (c, a, b) {
    ${choose(ins, out).lines}
    if (c[cAt] != 0) { return a[aAt]; }
    return b[bAt];
  }`,
  constants: (ins, out) => choose(ins, out).constants,
  dtypes: 'any',
});

export const binaryKernels = [
  ...arithmetic.map(([op, text, ...dtypes]) => pairwise(op, text, dtypes.length > 0 ? dtypes : ['f32'])),
  ...comparisons.map(([op, test]) => pairwise(op, `if (${test}) { return 1; } return 0;`, 'any')),
  // Not `p != q`: that is never true on WebGPU for what is not a number.
  pairwise(core.ne, 'if (p == q) { return 0; } return 1;', 'any'),
  not,
  where,
];
