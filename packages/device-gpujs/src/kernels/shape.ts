import * as core from '@paperzoo/core';
import { defineGpuKernel } from '../define-gpu-kernel';
import { broadcastStrides, strided, stridesOf, type Walk } from '../text/strided';

type Shape = readonly number[];

/** A kernel that only moves elements: the input walked in the order of the output. */
function moving<Attrs extends object>(op: core.Op, walk: (x: Shape, y: Shape, attrs: Attrs) => Walk) {
  const plan = (x: core.Spec, y: core.Spec, attrs: Attrs) => strided(y.shape, { x: walk(x.shape, y.shape, attrs) });
  return defineGpuKernel<Attrs>(op, {
    source: ([x], y, attrs) => /* js */ `function (x) {
    ${plan(x!, y, attrs).lines}
    return x[xAt];
  }`,
    constants: ([x], y, attrs) => plan(x!, y, attrs).constants,
    dtypes: 'any',
  });
}

const permute = moving<{ dims: Shape }>(core.permute, (x, _y, { dims }) => {
  const strides = stridesOf(x);
  return { strides: dims.map((d) => strides[core.axis('permute', dims.length, d)]!) };
});

const expand = moving(core.expand, (x, y) => ({ strides: broadcastStrides(x, y) }));

const slice = moving<{ dim: number; start: number; end: number | null; step: number }>(
  core.slice,
  (x, _y, { dim: d, start: from, end, step }) => {
    const dim = core.axis('slice', x.length, d);
    const strides = stridesOf(x);
    const start = core.sliceRange(x[dim]!, { start: from, end }).start * strides[dim]!;
    return { strides: strides.map((s, i) => (i === dim ? s * step : s)), start };
  },
);

const flip = moving<{ dims: Shape }>(core.flip, (x, _y, { dims }) => {
  const strides = stridesOf(x);
  let start = 0;
  for (const d of core.axes('flip', x.length, dims)) {
    start += (x[d]! - 1) * strides[d]!;
    strides[d] = -strides[d]!;
  }
  return { strides, start };
});

export const shapeKernels = [permute, expand, slice, flip];
