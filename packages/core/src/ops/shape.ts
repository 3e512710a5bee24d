import { attr } from '../attr';
import { AttrError, ShapeError } from '../errors';
import { defineOp, implement, list, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { axes, axis, show, sizeOf, sumTo } from './shapes';
import { scatterAdd } from './gather';

/** Same elements, another shape; one -1 is inferred. Shares memory. */
export const reshape = defineOp({
  name: 'reshape',
  version: 1,
  inputs: [tensor('input', 'any')],
  attrs: { shape: attr.ints() },
  shape([x], { shape }) {
    const size = sizeOf(x.shape);
    const known = shape.reduce((a, n) => (n === -1 ? a : a * n), 1);
    const unknown = shape.filter((n) => n === -1).length;
    const inferred = unknown === 1 && known > 0 ? size / known : -1;
    const full = unknown ? shape.map((n) => (n === -1 ? inferred : n)) : shape;
    if (unknown > 1 || full.some((n) => !Number.isInteger(n) || n < 0) || sizeOf(full) !== size) {
      throw new ShapeError(`reshape: ${show(x.shape)} (${size} elements) cannot become ${show(shape)}.`, {
        op: 'reshape',
        argument: 'shape',
        expected: size,
        got: shape,
      });
    }
    return { shape: full, dtype: x.dtype };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    { name: 'infer', ins: [{ shape: [2, 3, 4] }], attrs: { shape: [6, -1] } },
    { name: 'scalar', ins: [{ shape: [1] }], attrs: { shape: [] } },
    { name: 'empty', ins: [{ shape: [0, 4] }], attrs: { shape: [2, 0] } },
  ],
});
implement(reshape, { view: true, vjp: ({ ins: [x], grads: [dy] }) => [reshape(dy!, { shape: x.shape })] });

/** The same values, through which no gradient flows (PyTorch's detach). Shares memory. */
export const detach = (x: Tensor): Tensor => x.zoo.noGrad(() => reshape(x, { shape: x.shape }));

/** Axes in the order `dims`. */
export const permute = defineOp({
  name: 'permute',
  version: 1,
  inputs: [tensor('input', 'any')],
  attrs: { dims: attr.ints() },
  shape([x], { dims }) {
    const rank = x.shape.length;
    if (dims.length !== rank || axes('permute', rank, dims, 'dims').length !== rank) {
      throw new AttrError(`permute: dims must name each of the ${rank} axes once, got ${show(dims)}.`, {
        op: 'permute',
        argument: 'dims',
        got: dims,
      });
    }
    return { shape: dims.map((d) => x.shape[axis('permute', rank, d)]!), dtype: x.dtype };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    { name: 'nchw to nhwc', ins: [{ shape: [2, 5, 3, 7] }], attrs: { dims: [0, 2, 3, 1] } },
    { name: 'transpose', ins: [{ shape: [13, 9] }], attrs: { dims: [1, 0] } },
    { name: 'identity', ins: [{ shape: [2, 3] }], attrs: { dims: [0, 1] } },
    { name: 'bytes', ins: [{ shape: [3, 4, 5], dtype: 'u8', fill: 'index' }], attrs: { dims: [2, 0, 1] } },
    { name: 'empty', ins: [{ shape: [0, 3] }], attrs: { dims: [1, 0] } },
  ],
});
implement(permute, {
  vjp: ({ ins: [x], grads: [dy], attrs: { dims } }) => {
    const inverse = new Array<number>(dims.length);
    dims.forEach((d, i) => (inverse[axis('permute', x.shape.length, d)] = i));
    return [permute(dy!, { dims: inverse })];
  },
});

/** Elements start, start + step, … below end along one axis; negative positions count from the end, end null is the length. */
export const slice = defineOp({
  name: 'slice',
  version: 1,
  inputs: [tensor('input', 'any')],
  attrs: { dim: attr.int(), start: attr.int(0), end: attr.int(null), step: attr.int(1) },
  shape([x], attrs) {
    const dim = axis('slice', x.shape.length, attrs.dim);
    if (attrs.step < 1)
      throw new AttrError(`slice: step must be at least 1, got ${attrs.step}.`, {
        op: 'slice',
        argument: 'step',
        got: attrs.step,
      });
    const { start, end } = sliceRange(x.shape[dim]!, attrs);
    const length = Math.max(0, Math.ceil((end - start) / attrs.step));
    return { shape: x.shape.map((n, i) => (i === dim ? length : n)), dtype: x.dtype };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    { name: 'middle', ins: [{ shape: [2, 9, 5] }], attrs: { dim: 1, start: 2, end: 7 } },
    { name: 'step', ins: [{ shape: [3, 11] }], attrs: { dim: -1, start: 1, step: 3 } },
    { name: 'from the end', ins: [{ shape: [7, 4] }], attrs: { dim: 0, start: -3 } },
    { name: 'nothing', ins: [{ shape: [3, 4] }], attrs: { dim: 0, start: 2, end: 2 } },
  ],
});

/** Clamped start and end of a slice, as Python. */
export function sliceRange(
  length: number,
  { start, end }: { start: number; end: number | null },
): { start: number; end: number } {
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  return { start: clamp(start), end: end === null ? length : clamp(end) };
}

implement(slice, {
  vjp: ({ ins: [x], grads: [dy], attrs }) => {
    const dim = axis('slice', x.shape.length, attrs.dim);
    const n = x.shape[dim]!;
    const { start } = sliceRange(n, attrs);
    if (attrs.step === 1) return [padAxis(dy!, dim, start, n - start - dy!.shape[dim]!)];
    const index = x.zoo.tensor(
      Array.from({ length: dy!.shape[dim]! }, (_, i) => start + i * attrs.step),
      { dtype: 'i32' },
    );
    const spreadIndex = expand(reshape(index, { shape: dy!.shape.map((_, i) => (i === dim ? -1 : 1)) }), {
      shape: dy!.shape,
    });
    return [scatterAdd(x.zoo.zeros(x.shape), spreadIndex, dy!, { dim })];
  },
});

/** PyTorch's `F.pad`: pairs (before, after) from the last axis backwards; `constant` or `reflect`. Negative amounts crop. */
export const pad = defineOp({
  name: 'pad',
  version: 1,
  inputs: [tensor('input', 'f32', 'i32', 'u8')],
  attrs: { pad: attr.ints(), mode: attr.oneOf(['constant', 'reflect'], 'constant'), value: attr.number(0) },
  shape([x], { pad: amounts, mode }) {
    const rank = x.shape.length;
    if (amounts.length % 2 || amounts.length > 2 * rank) {
      throw new AttrError(`pad: pad must hold up to ${rank} pairs, got ${amounts.length} numbers.`, {
        op: 'pad',
        argument: 'pad',
        got: amounts,
      });
    }
    const shape = x.shape.map((n, i) => {
      const [before, after] = padOf(amounts, rank, i);
      if (mode === 'reflect' && (before >= n || after >= n) && before + after !== 0) {
        throw new ShapeError(`pad: reflect needs pads below the size ${n} of axis ${i}, got ${before} and ${after}.`, {
          op: 'pad',
          argument: 'pad',
        });
      }
      return n + before + after;
    });
    if (shape.some((n) => n < 0))
      throw new ShapeError(`pad: cropping ${show(x.shape)} by ${show(amounts)} leaves less than nothing.`, {
        op: 'pad',
        argument: 'pad',
        got: amounts,
      });
    return { shape, dtype: x.dtype };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    { name: 'last', ins: [{ shape: [3, 5] }], attrs: { pad: [1, 2] } },
    { name: 'image', ins: [{ shape: [2, 3, 4, 5] }], attrs: { pad: [0, 3, 0, 2], value: -1.5 } },
    { name: 'crop', ins: [{ shape: [4, 6] }], attrs: { pad: [-1, -2, 1, 0] } },
    { name: 'reflect', ins: [{ shape: [2, 5, 6] }], attrs: { pad: [2, 1, 1, 3], mode: 'reflect' } },
    { name: 'from empty', ins: [{ shape: [0, 2] }], attrs: { pad: [0, 0, 1, 1], value: 2 } },
  ],
});

/** Pad amounts of axis `i` in PyTorch's backwards list. */
export function padOf(amounts: readonly number[], rank: number, i: number): readonly [number, number] {
  const at = 2 * (rank - 1 - i);
  return at < amounts.length ? [amounts[at]!, amounts[at + 1]!] : [0, 0];
}

/** Zeros before and after along one axis. */
export function padAxis(x: Tensor, dim: number, before: number, after: number): Tensor {
  const amounts = new Array<number>(2 * (x.shape.length - dim)).fill(0);
  amounts[amounts.length - 2] = before;
  amounts[amounts.length - 1] = after;
  return pad(x, { pad: amounts });
}

implement(pad, {
  vjp: ({ ins: [x], grads: [dy], attrs }) => {
    if (attrs.mode === 'constant') return [pad(dy!, { pad: attrs.pad.map((n) => -n) })];
    let g = dy!;
    const rank = x.shape.length;
    for (let i = 0; i < rank; i++) {
      const [before, after] = padOf(attrs.pad, rank, i);
      if (before === 0 && after === 0) continue;
      const n = x.shape[i]!;
      const source = Array.from({ length: n + before + after }, (_, k) => {
        const at = Math.abs(k - before);
        return at < n ? at : 2 * (n - 1) - at;
      });
      const index = reshape(x.zoo.tensor(source, { dtype: 'i32' }), {
        shape: g.shape.map((_, k) => (k === i ? -1 : 1)),
      });
      const shape = g.shape.map((m, k) => (k === i ? n : m));
      g = scatterAdd(x.zoo.zeros(shape), expand(index, { shape: g.shape }), g, { dim: i });
    }
    return [g];
  },
});

/** Joins tensors along `dim`; all other sizes must agree. */
export const concat = defineOp({
  name: 'concat',
  version: 1,
  inputs: [list('tensors', 'any')],
  attrs: { dim: attr.int(0) },
  shape(xs, { dim }) {
    const first = xs[0]!;
    const d = axis('concat', first.shape.length, dim);
    for (const [i, x] of xs.entries()) {
      const fits = x.shape.length === first.shape.length && x.shape.every((n, k) => k === d || n === first.shape[k]);
      if (!fits || x.dtype !== first.dtype) {
        throw new ShapeError(
          `concat: tensors[${i}] ${x.dtype} ${show(x.shape)} does not join ${first.dtype} ${show(first.shape)} along dim ${dim}.`,
          {
            op: 'concat',
            argument: `tensors[${i}]`,
            expected: first.shape,
            got: x.shape,
          },
        );
      }
    }
    return {
      shape: first.shape.map((n, k) => (k === d ? xs.reduce((a, x) => a + x.shape[d]!, 0) : n)),
      dtype: first.dtype,
    };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    { name: 'rows', ins: [{ shape: [2, 3] }, { shape: [1, 3] }, { shape: [4, 3] }], attrs: { dim: 0 } },
    { name: 'columns', ins: [{ shape: [2, 3, 5] }, { shape: [2, 1, 5] }], attrs: { dim: -2 } },
    { name: 'one', ins: [{ shape: [3] }] },
    { name: 'with empty', ins: [{ shape: [2, 0] }, { shape: [2, 3] }], attrs: { dim: 1 } },
  ],
});
implement(concat, {
  vjp: ({ ins, grads: [dy], attrs }) => {
    const xs = ins as readonly Tensor[];
    const dim = axis('concat', dy!.shape.length, attrs.dim);
    let start = 0;
    return xs.map((x) => slice(dy!, { dim, start, end: (start += x.shape[dim]!) }));
  },
});

/** Repeats axes of size 1 (and new leading ones) up to `shape`; -1 keeps a size. */
export const expand = defineOp({
  name: 'expand',
  version: 1,
  inputs: [tensor('input', 'any')],
  attrs: { shape: attr.ints() },
  shape([x], { shape }) {
    const lead = shape.length - x.shape.length;
    const full = shape.map((n, i) => (n === -1 && i >= lead ? x.shape[i - lead]! : n));
    if (lead < 0 || full.some((n, i) => n < 0 || (i >= lead && x.shape[i - lead] !== n && x.shape[i - lead] !== 1))) {
      throw new ShapeError(`expand: ${show(x.shape)} does not expand to ${show(shape)}.`, {
        op: 'expand',
        argument: 'shape',
        got: shape,
      });
    }
    return { shape: full, dtype: x.dtype };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    { name: 'row', ins: [{ shape: [5] }], attrs: { shape: [3, 5] } },
    { name: 'column', ins: [{ shape: [3, 1, 4] }], attrs: { shape: [3, 6, -1] } },
    { name: 'scalar', ins: [{ shape: [] }], attrs: { shape: [2, 2] } },
  ],
});
implement(expand, { vjp: ({ ins: [x], grads: [dy] }) => [sumTo(dy!, x.shape)] });

/** Reverses the order along the given axes. */
export const flip = defineOp({
  name: 'flip',
  version: 1,
  inputs: [tensor('input', 'any')],
  attrs: { dims: attr.ints() },
  shape([x], { dims }) {
    axes('flip', x.shape.length, dims, 'dims');
    return { shape: x.shape, dtype: x.dtype };
  },
  cost: () => ({ flops: 0 }),
  samples: (): Sample[] => [
    { name: 'one', ins: [{ shape: [3, 7] }], attrs: { dims: [1] } },
    { name: 'two', ins: [{ shape: [2, 3, 5] }], attrs: { dims: [0, -1] } },
  ],
});
implement(flip, { vjp: ({ grads: [dy], attrs: { dims } }) => [flip(dy!, { dims })] });

/** PyTorch's transpose: swaps two axes. */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const dims = x.shape.map((_, i) => i);
  const [a, b] = [axis('transpose', dims.length, dim0, 'dim0'), axis('transpose', dims.length, dim1, 'dim1')];
  [dims[a], dims[b]] = [b, a];
  return permute(x, { dims });
}

/** Merges axes startDim … endDim into one. */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  if (x.shape.length === 0) return reshape(x, { shape: [1] });
  const [a, b] = [
    axis('flatten', x.shape.length, startDim, 'startDim'),
    axis('flatten', x.shape.length, endDim, 'endDim'),
  ];
  return reshape(x, { shape: [...x.shape.slice(0, a), sizeOf(x.shape.slice(a, b + 1)), ...x.shape.slice(b + 1)] });
}

/** Pieces of the given sizes along `dim`. */
export function split(x: Tensor, sizes: readonly number[], dim = 0): Tensor[] {
  let start = 0;
  return sizes.map((size) => slice(x, { dim, start, end: (start += size) }));
}

/** Stacks equal shapes along a new axis. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  return concat(
    tensors.map((x) => {
      const at = axis('stack', x.shape.length + 1, dim);
      return reshape(x, { shape: [...x.shape.slice(0, at), 1, ...x.shape.slice(at)] });
    }),
    { dim },
  );
}
