import { DTypeError } from '../errors';
import { defineOp, implement, operand, type Sample } from '../op';
import type { Spec } from '../dtype';
import type { Tensor } from '../tensor';
import { eq, ge, le, logicalAnd, where } from './compare';
import { broadcast, sizeOf, sumTo } from './shapes';
import { exp, log, neg } from './unary';

/** Both operands must agree: promotion is never implicit, except for a plain number beside a tensor. */
export function sameDType(op: string, a: Spec, b: Spec): void {
  if (a.dtype !== b.dtype) {
    throw new DTypeError(`${op}: input is ${a.dtype} and other is ${b.dtype}; they must agree.`, {
      op,
      argument: 'other',
      expected: a.dtype,
      got: b.dtype,
      remedy: 'Convert one with `cast`.',
    });
  }
}

export const pairSamples = (fill: 'normal' | 'positive'): Sample[] => [
  {
    name: 'same shape',
    ins: [
      { shape: [3, 5, 7], fill },
      { shape: [3, 5, 7], fill },
    ],
  },
  {
    name: 'long',
    ins: [
      { shape: [1031], fill },
      { shape: [1031], fill },
    ],
  },
  {
    name: 'row',
    ins: [
      { shape: [4, 3, 10], fill },
      { shape: [10], fill },
    ],
  },
  {
    name: 'column',
    ins: [
      { shape: [4, 3, 9], fill },
      { shape: [3, 1], fill },
    ],
  },
  {
    name: 'channel',
    ins: [
      { shape: [2, 5, 3, 3], fill },
      { shape: [1, 5, 1, 1], fill },
    ],
  },
  {
    name: 'both broadcast',
    ins: [
      { shape: [5, 1, 3], fill },
      { shape: [1, 4, 1], fill },
    ],
  },
  {
    name: 'scalar left',
    ins: [
      { shape: [], fill },
      { shape: [6, 3], fill },
    ],
  },
  {
    name: 'scalar right',
    ins: [
      { shape: [6, 3], fill },
      { shape: [], fill },
    ],
  },
  {
    name: 'empty',
    ins: [
      { shape: [0, 3], fill },
      { shape: [3], fill },
    ],
  },
];

function binary(name: string, fill: 'normal' | 'positive' = 'normal') {
  return defineOp({
    name,
    version: 1,
    inputs: [operand('input', 'f32', 'i32'), operand('other', 'f32', 'i32')],
    shape([a, b]) {
      sameDType(name, a, b);
      return { shape: broadcast(name, a.shape, b.shape), dtype: a.dtype };
    },
    cost: (_ins, [out]) => ({ flops: sizeOf(out!.shape) }),
    samples: () => pairSamples(fill),
  });
}

export const add = binary('add');
export const sub = binary('sub');
export const mul = binary('mul');
/** Quotient; for i32 it rounds towards zero, and dividing by zero gives 0. */
export const div = binary('div', 'positive');
/** input ** other. */
export const pow = binary('pow', 'positive');
/** Larger of two; NaN if either is NaN. */
export const maximum = binary('maximum');
/** Smaller of two; NaN if either is NaN. */
export const minimum = binary('minimum');

type Call = {
  ins: readonly [Tensor, Tensor];
  outs: readonly Tensor[];
  grads: readonly Tensor[];
  needs: readonly boolean[];
};
const vjp = (left: (a: Tensor, b: Tensor, dy: Tensor, y: Tensor) => Tensor, right: typeof left) => ({
  vjp: ({ ins: [a, b], outs: [y], grads: [dy], needs }: Call) => [
    needs[0] ? sumTo(left(a, b, dy!, y!), a.shape) : undefined,
    needs[1] ? sumTo(right(a, b, dy!, y!), b.shape) : undefined,
  ],
});

implement(
  add,
  vjp(
    (_a, _b, dy) => dy,
    (_a, _b, dy) => dy,
  ),
);
implement(
  sub,
  vjp(
    (_a, _b, dy) => dy,
    (_a, _b, dy) => neg(dy),
  ),
);
implement(
  mul,
  vjp(
    (_a, b, dy) => mul(dy, b),
    (a, _b, dy) => mul(dy, a),
  ),
);
implement(
  div,
  vjp(
    (_a, b, dy) => div(dy, b),
    (_a, b, dy, y) => neg(div(mul(dy, y), b)),
  ),
);
implement(pow, {
  ...vjp(
    // At 0⁰ and at base 0 the products below would be 0 · ∞; the limits that PyTorch takes are 0.
    (a, b, dy) => where(eq(b, 0), 0, mul(dy, mul(b, pow(a, sub(b, 1))))),
    (a, b, dy, y) => where(logicalAnd(eq(a, 0), ge(b, 0)), 0, mul(dy, mul(y, log(a)))),
  ),
  tolerance: { rel: 4e-6, abs: 2e-6 },
});
// Equal values share the gradient half and half, as PyTorch does for maximum and minimum.
const share = (dy: Tensor, wins: Tensor, ties: Tensor) => where(ties, mul(dy, 0.5), where(wins, dy, 0));
implement(
  maximum,
  vjp(
    (a, b, dy) => share(dy, ge(a, b), eq(a, b)),
    (a, b, dy) => share(dy, le(a, b), eq(a, b)),
  ),
);
implement(
  minimum,
  vjp(
    (a, b, dy) => share(dy, le(a, b), eq(a, b)),
    (a, b, dy) => share(dy, ge(a, b), eq(a, b)),
  ),
);

/** log(exp(a) + exp(b)) without overflow. */
export function logaddexp(a: Tensor, b: Tensor): Tensor {
  const top = maximum(a, b);
  return add(top, log(add(exp(sub(a, top)), exp(sub(b, top)))));
}
