import { attr } from '../attr';
import { ShapeError } from '../errors';
import { defineOp, implement, tensor, type Sample } from '../op';
import type { Spec } from '../dtype';
import { expand, pad, reshape } from './shape';
import { axis, show, wantRank } from './shapes';

function sameButDim(op: string, x: Spec, index: Spec, dim: number): void {
  if (x.shape.length !== index.shape.length || index.shape.some((n, i) => i !== dim && n > x.shape[i]!)) {
    throw new ShapeError(
      `${op}: index ${show(index.shape)} must have the rank of input ${show(x.shape)} and be no larger off dim ${dim}.`,
      {
        op,
        argument: 'index',
        expected: x.shape,
        got: index.shape,
      },
    );
  }
}

/** out[i][j] = input[index[i][j]][j] along `dim`. Indices outside the axis give NaN (0 for integers), never other memory. */
export const gather = defineOp({
  name: 'gather',
  version: 1,
  inputs: [tensor('input', 'f32', 'i32'), tensor('index', 'i32')],
  attrs: { dim: attr.int() },
  shape([x, index], { dim }) {
    sameButDim('gather', x, index, axis('gather', x.shape.length, dim));
    return { shape: index.shape, dtype: x.dtype };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    {
      name: 'last',
      ins: [{ shape: [3, 5] }, { shape: [3, 4], dtype: 'i32', fill: 'index', below: 5 }],
      attrs: { dim: 1 },
    },
    {
      name: 'first',
      ins: [{ shape: [4, 3] }, { shape: [7, 3], dtype: 'i32', fill: 'index', below: 4 }],
      attrs: { dim: 0 },
    },
    { name: 'empty', ins: [{ shape: [4, 3] }, { shape: [0, 3], dtype: 'i32', fill: 'index' }], attrs: { dim: 0 } },
  ],
});

/** input with src[i][j] added at [index[i][j]][j] along `dim`, in a fixed order. */
export const scatterAdd = defineOp({
  name: 'scatter_add',
  version: 1,
  inputs: [tensor('input'), tensor('index', 'i32'), tensor('src')],
  attrs: { dim: attr.int() },
  shape([x, index, src], { dim }) {
    sameButDim('scatter_add', x, index, axis('scatter_add', x.shape.length, dim));
    if (src.shape.length !== index.shape.length || index.shape.some((n, i) => n > src.shape[i]!)) {
      throw new ShapeError(`scatter_add: src ${show(src.shape)} must cover index ${show(index.shape)}.`, {
        op: 'scatter_add',
        argument: 'src',
        got: src.shape,
      });
    }
    return { shape: x.shape, dtype: x.dtype };
  },
  samples: (): Sample[] => [
    {
      name: 'rows',
      ins: [{ shape: [4, 3] }, { shape: [9, 3], dtype: 'i32', fill: 'index', below: 4 }, { shape: [9, 3] }],
      attrs: { dim: 0 },
    },
    {
      name: 'columns',
      ins: [{ shape: [2, 6] }, { shape: [2, 4], dtype: 'i32', fill: 'index', below: 6 }, { shape: [2, 5] }],
      attrs: { dim: 1 },
    },
  ],
});

implement(gather, {
  vjp: ({ ins: [x, index], grads: [dy], attrs: { dim } }) => [
    scatterAdd(x.zoo.zeros(x.shape), index, dy!, { dim }),
    undefined,
  ],
});
implement(scatterAdd, {
  vjp({ ins: [, index, src], grads: [dy], attrs: { dim } }) {
    // What index does not cover of src was not added anywhere.
    const uncovered = src.shape.flatMap((n, i) => [n - index.shape[i]!, 0]).reverse();
    const taken = gather(dy!, index, { dim });
    return [dy, undefined, uncovered.some((n) => n > 0) ? pad(taken, { pad: uncovered }) : taken];
  },
  tolerance: { rel: 1e-6, abs: 1e-6 },
});

/** Whole slices of `input` along `dim`, in the order of a vector of indices. */
export const indexSelect = defineOp({
  name: 'index_select',
  version: 1,
  inputs: [tensor('input', 'f32', 'i32'), tensor('index', 'i32')],
  attrs: { dim: attr.int() },
  shape([x, index], { dim }) {
    const d = axis('index_select', x.shape.length, dim);
    wantRank('index_select', 'index', index, 1, 'a vector');
    return { shape: x.shape.map((n, i) => (i === d ? index.shape[0]! : n)), dtype: x.dtype };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    {
      name: 'rows',
      ins: [{ shape: [5, 9] }, { shape: [7], dtype: 'i32', fill: 'index', below: 5 }],
      attrs: { dim: 0 },
    },
    {
      name: 'middle',
      ins: [{ shape: [2, 6, 3] }, { shape: [4], dtype: 'i32', fill: 'index', below: 6 }],
      attrs: { dim: 1 },
    },
  ],
});
implement(indexSelect, {
  composite([x, index], { dim }) {
    const d = axis('index_select', x.shape.length, dim);
    const shape = x.shape.map((n, i) => (i === d ? index.shape[0]! : n));
    const aligned = reshape(index, { shape: shape.map((_, i) => (i === d ? -1 : 1)) });
    return gather(x, expand(aligned, { shape }), { dim });
  },
});
