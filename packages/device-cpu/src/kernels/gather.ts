import * as core from '@paperzoo/core';
import { offsets, stridesOf } from '../offsets';
import { cpuKernel } from '../values';

interface Attrs {
  readonly dim: number;
}

/** Offset in an array of `shape` of every element of `index`'s shape with its position along `dim` left out. */
function bases(shape: readonly number[], index: readonly number[], dim: number): Float64Array {
  const strides = stridesOf(shape);
  return offsets(
    index,
    strides.map((s, i) => (i === dim ? 0 : s)),
  );
}

const gather = cpuKernel<Attrs>(core.gather, ([x, index], y, attrs) => {
  const dim = core.axis('gather', x!.shape.length, attrs.dim);
  const stride = stridesOf(x!.shape)[dim]!;
  const nothing = x!.dtype === 'f32' ? NaN : 0;
  bases(x!.shape, index!.shape, dim).forEach((at, i) => {
    const k = index!.buffer[i]!;
    y.buffer[i] = k >= 0 && k < x!.shape[dim]! ? x!.buffer[at + k * stride]! : nothing;
  });
});

const scatterAdd = cpuKernel<Attrs>(core.scatterAdd, ([x, index, src], y, attrs) => {
  const dim = core.axis('scatter_add', x!.shape.length, attrs.dim);
  const stride = stridesOf(x!.shape)[dim]!;
  const from = offsets(index!.shape, stridesOf(src!.shape));
  const sums = Float64Array.from(x!.buffer);
  bases(x!.shape, index!.shape, dim).forEach((at, i) => {
    const k = index!.buffer[i]!;
    if (k >= 0 && k < x!.shape[dim]!) sums[at + k * stride]! += src!.buffer[from[i]!]!;
  });
  y.buffer.set(sums);
});

const indexSelect = cpuKernel<Attrs>(core.indexSelect, ([x, index], y, attrs) => {
  const dim = core.axis('index_select', x!.shape.length, attrs.dim);
  const strides = stridesOf(x!.shape);
  const nothing = x!.dtype === 'f32' ? NaN : 0;
  const inner = strides[dim]!;
  const count = index!.size;
  for (let i = 0; i < y.size; i++) {
    const k = index!.buffer[Math.floor(i / inner) % count]!;
    const outer = Math.floor(i / (inner * count));
    const inside = k >= 0 && k < x!.shape[dim]!;
    y.buffer[i] = inside ? x!.buffer[(outer * x!.shape[dim]! + k) * inner + (i % inner)]! : nothing;
  }
});

export const gatherKernels = [gather, scatterAdd, indexSelect];
