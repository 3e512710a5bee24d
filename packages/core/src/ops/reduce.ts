import { attr } from '../attr';
import type { DType } from '../dtype';
import { ShapeError } from '../errors';
import { defineOp, implement, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { add, div, mul, sub } from './binary';
import { eq, where } from './compare';
import { flip } from './shape';
import { axes, axis, sizeOf, spread } from './shapes';
import { exp, log } from './unary';

const kept = (shape: readonly number[], dims: readonly number[], keepdim: boolean) =>
  keepdim ? shape.map((n, i) => (dims.includes(i) ? 1 : n)) : shape.filter((_, i) => !dims.includes(i));

const samples = (empty: boolean): Sample[] => [
  { name: 'all', ins: [{ shape: [5, 7, 3] }] },
  { name: 'last', ins: [{ shape: [3, 4, 133] }], attrs: { dim: [-1] } },
  { name: 'first', ins: [{ shape: [37, 5] }], attrs: { dim: [0], keepdim: true } },
  { name: 'middle', ins: [{ shape: [2, 9, 6] }], attrs: { dim: 1 } },
  { name: 'two', ins: [{ shape: [2, 3, 5, 5] }], attrs: { dim: [2, 3], keepdim: true } },
  { name: 'apart', ins: [{ shape: [2, 3, 5] }], attrs: { dim: [0, 2] } },
  { name: 'scalar', ins: [{ shape: [] }] },
  { name: 'nothing left', ins: [{ shape: [0, 3] }], attrs: { dim: [1] } },
  ...(empty ? [{ name: 'empty axis', ins: [{ shape: [3, 0] }], attrs: { dim: [1] } }] : []),
];

function reduction(name: string, { empty, dtypes = ['f32'] as DType[] }: { empty: boolean; dtypes?: DType[] }) {
  return defineOp({
    name,
    version: 1,
    inputs: [tensor('input', ...dtypes)],
    attrs: { dim: attr.ints(null), keepdim: attr.boolean(false) },
    shape([x], { dim, keepdim }) {
      const dims = axes(name, x.shape.length, dim);
      if (!empty && dims.some((d) => x.shape[d] === 0) && sizeOf(kept(x.shape, dims, false)) > 0) {
        throw new ShapeError(
          `${name}: input [${x.shape.join(', ')}] has nothing to reduce over dim ${dims.join(', ')}.`,
          {
            op: name,
            argument: 'input',
            got: x.shape,
          },
        );
      }
      return { shape: kept(x.shape, dims, keepdim), dtype: x.dtype };
    },
    cost: ([x]) => ({ flops: sizeOf(x.shape) }),
    samples: () => samples(empty),
  });
}

/** Sum over `dim`, one axis or several (null: all). The order of additions is fixed by the shape; an empty axis gives 0. */
export const sum = reduction('sum', { empty: true, dtypes: ['f32', 'i32'] });
/** Product over `dim`; an empty axis gives 1. */
export const prod = reduction('prod', { empty: true });
/** Arithmetic mean over `dim`; an empty axis gives NaN, as PyTorch. */
export const mean = reduction('mean', { empty: true });
/** Largest value over `dim`; NaN if any is NaN. */
export const amax = reduction('amax', { empty: false });
/** Smallest value over `dim`; NaN if any is NaN. */
export const amin = reduction('amin', { empty: false });

const back = (x: Tensor, g: Tensor, dim: readonly number[] | null) =>
  spread(g, x.shape, axes('sum', x.shape.length, dim));

implement(sum, {
  vjp: ({ ins: [x], grads: [dy], attrs }) => [back(x, dy!, attrs.dim)],
  tolerance: { rel: 1e-6, abs: 1e-5 },
});
implement(prod, {
  // The product of the others: y / x, unless there are zeros; a single zero has the product of the rest, two leave nothing.
  vjp({ ins: [x], grads: [dy], attrs: { dim } }) {
    const dims = { dim: axes('prod', x.shape.length, dim), keepdim: true };
    const isZero = eq(x, 0);
    const zeros = sum(where(isZero, 1, 0), dims);
    const rest = where(isZero, 1, x);
    const product = prod(rest, dims);
    const atZero = where(eq(zeros, 1), product, 0);
    const elsewhere = where(eq(zeros, 0), div(product, rest), 0);
    return [mul(back(x, dy!, dim), where(isZero, atZero, elsewhere))];
  },
  tolerance: { rel: 1e-5, abs: 1e-6 },
});
implement(mean, {
  composite([x], { dim, keepdim }) {
    const dims = axes('mean', x.shape.length, dim);
    return div(sum(x, { dim: dims, keepdim }), sizeOf(dims.map((d) => x.shape[d]!)));
  },
  tolerance: { rel: 1e-6, abs: 1e-6 },
});
// Every element that attains the extremum takes an equal share, as PyTorch's amax and amin.
const extremum = {
  vjp: ({
    ins: [x],
    outs: [y],
    grads: [dy],
    attrs: { dim },
  }: {
    ins: readonly [Tensor];
    outs: readonly Tensor[];
    grads: readonly Tensor[];
    attrs: { dim: readonly number[] | null };
  }) => {
    const hits = where(eq(x, back(x, y!, dim)), 1, 0);
    const dims = axes('amax', x.shape.length, dim);
    return [mul(div(hits, sum(hits, { dim: dims, keepdim: true })), back(x, dy!, dim))];
  },
};
implement(amax, extremum);
implement(amin, extremum);

/** Index of the largest value along `dim` (i32); the first of equals. */
export const argmax = defineOp({
  name: 'argmax',
  version: 1,
  inputs: [tensor('input')],
  attrs: { dim: attr.int(), keepdim: attr.boolean(false) },
  shape([x], { dim, keepdim }) {
    const d = axis('argmax', x.shape.length, dim);
    if (x.shape[d] === 0)
      throw new ShapeError(`argmax: dim ${dim} of [${x.shape.join(', ')}] is empty.`, {
        op: 'argmax',
        argument: 'input',
      });
    return { shape: kept(x.shape, [d], keepdim), dtype: 'i32' };
  },
  samples: (): Sample[] => [
    { name: 'last', ins: [{ shape: [4, 19] }], attrs: { dim: -1 } },
    { name: 'first', ins: [{ shape: [7, 5] }], attrs: { dim: 0, keepdim: true } },
    { name: 'ties', ins: [{ shape: [3, 8], fill: 'index' }], attrs: { dim: 1 } },
  ],
});
implement(argmax, { vjp: () => [undefined] });

/** Running sum along `dim`. */
export const cumsum = defineOp({
  name: 'cumsum',
  version: 1,
  inputs: [tensor('input', 'f32', 'i32')],
  attrs: { dim: attr.int() },
  shape([x], { dim }) {
    axis('cumsum', x.shape.length, dim);
    return { shape: x.shape, dtype: x.dtype };
  },
  samples: (): Sample[] => [
    { name: 'last', ins: [{ shape: [3, 33] }], attrs: { dim: -1 } },
    { name: 'first', ins: [{ shape: [17, 5] }], attrs: { dim: 0 } },
    { name: 'empty', ins: [{ shape: [2, 0] }], attrs: { dim: 1 } },
  ],
});
implement(cumsum, {
  vjp: ({ grads: [dy], attrs: { dim } }) => [flip(cumsum(flip(dy!, { dims: [dim] }), { dim }), { dims: [dim] })],
  tolerance: { rel: 2e-6, abs: 1e-5 },
});

type Dims = number | readonly number[];
const many = (dim: Dims) => (typeof dim === 'number' ? [dim] : dim);

/** Variance over `dim`; divides by n - correction (PyTorch's default correction is 1). */
export function variance(x: Tensor, { dim = null as Dims | null, correction = 1, keepdim = false } = {}): Tensor {
  const dims = axes('var', x.shape.length, dim === null ? null : many(dim));
  const centred = sub(x, mean(x, { dim: dims, keepdim: true }));
  const n = sizeOf(dims.map((d) => x.shape[d]!));
  return div(sum(mul(centred, centred), { dim: dims, keepdim }), Math.max(0, n - correction));
}

/** log Σ exp(x) over `dim`, without overflow. */
export function logsumexp(x: Tensor, { dim, keepdim = false }: { dim: Dims; keepdim?: boolean }): Tensor {
  const top = amax(x, { dim, keepdim: true });
  const total = log(sum(exp(sub(x, top)), { dim, keepdim: true }));
  const result = add(total, top);
  return keepdim ? result : sum(result, { dim });
}
