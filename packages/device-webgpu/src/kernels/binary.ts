import * as core from '@paperzoo/core';
import { webgpuKernel } from '../context';
import { divf, mulf } from '../wgsl/arithmetic';
import { wgslFunction, type WgslFunction } from '../wgsl/functions';
import { powf, poweri } from '../wgsl/power';
import { isNan, maximum, minimum, order } from '../wgsl/special';
import { runPointwise } from './pointwise';

/** Rounds towards zero; 0 is the quotient by 0, and the one quotient that does not fit wraps. */
const divi = wgslFunction(`
fn divi(a: i32, b: i32) -> i32 { if (b == 0) { return 0; } if (b == -1) { return -a; } return a / b; }`);

interface Forms {
  readonly real: string;
  readonly whole: string;
  readonly uses?: readonly WgslFunction[];
}
const forms: readonly (readonly [core.Op, Forms])[] = [
  [core.add, { real: 'a + b', whole: 'a + b' }],
  [core.sub, { real: 'a - b', whole: 'a - b' }],
  [core.mul, { real: 'mulf(a, b)', whole: 'a * b', uses: [mulf] }],
  [core.div, { real: 'divf(a, b)', whole: 'divi(a, b)', uses: [divf, divi] }],
  [core.pow, { real: 'powf(a, b)', whole: 'poweri(a, b)', uses: [powf, poweri] }],
  [core.maximum, { real: 'maximum(a, b)', whole: 'max(a, b)', uses: [maximum] }],
  [core.minimum, { real: 'minimum(a, b)', whole: 'min(a, b)', uses: [minimum] }],
];

const arithmetic = forms.map(([op, { real, whole, uses = [] }]) =>
  webgpuKernel(op, {
    dtypes: ['f32', 'i32'],
    run(ctx, [a, b], [y]) {
      runPointwise(ctx, { name: op.name, code: a!.dtype === 'i32' ? whole : real, uses }, [a!, b!], y!);
    },
  }),
);

/** Not-a-number equals nothing and is on neither side of anything. */
const comparisons: readonly (readonly [core.Op, string, boolean])[] = [
  [core.eq, '==', false],
  [core.ne, '!=', true],
  [core.lt, '<', false],
  [core.le, '<=', false],
  [core.gt, '>', false],
  [core.ge, '>=', false],
];
const compares = comparisons.map(([op, sign, unordered]) =>
  webgpuKernel(op, {
    dtypes: 'any',
    run(ctx, [a, b], [y]) {
      const code =
        a!.dtype === 'f32'
          ? `select(u32(order(a) ${sign} order(b)), ${unordered ? 1 : 0}u, isNan(a) || isNan(b))`
          : `u32(a ${sign} b)`;
      runPointwise(ctx, { name: op.name, code, uses: [isNan, order] }, [a!, b!], y!);
    },
  }),
);

const logic = (
  [
    [core.logicalAnd, 'a & b'],
    [core.logicalOr, 'a | b'],
  ] as const
).map(([op, code]) =>
  webgpuKernel(op, {
    dtypes: ['bool'],
    run: (ctx, [a, b], [y]) => runPointwise(ctx, { name: op.name, code }, [a!, b!], y!),
  }),
);

const not = webgpuKernel(core.logicalNot, {
  dtypes: ['bool'],
  run: (ctx, [x], [y]) => runPointwise(ctx, { name: 'not', code: '1u - a' }, [x!], y!),
});

// The chosen bits are copied, so that the type does not matter.
const choice = webgpuKernel(core.where, {
  dtypes: 'any',
  run: (ctx, [condition, a, b], [y]) =>
    runPointwise(ctx, { name: 'where', code: 'select(c, b, a != 0u)' }, [condition!, a!, b!], y!),
});

export const binaryKernels = [...arithmetic, ...compares, ...logic, not, choice];
