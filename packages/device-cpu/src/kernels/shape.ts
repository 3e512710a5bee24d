import * as core from '@paperzoo/core';
import { broadcastOffsets, offsets, stridesOf } from '../offsets';
import { cpuKernel, type CpuArg } from '../values';

/** Element i of the result is element `from[i]` of the input. */
function copyFrom(x: CpuArg, y: CpuArg, from: Float64Array): void {
  for (let i = 0; i < y.size; i++) y.buffer[i] = x.buffer[from[i]!]!;
}

const reshape = cpuKernel(core.reshape, ([x], y) => copyFrom(x!, y, offsets([y.size], [1])));

const permute = cpuKernel<{ dims: readonly number[] }>(core.permute, ([x], y, { dims }) => {
  const strides = stridesOf(x!.shape);
  const order = dims.map((d) => core.axis('permute', dims.length, d));
  copyFrom(
    x!,
    y,
    offsets(
      y.shape,
      order.map((d) => strides[d]!),
    ),
  );
});

const slice = cpuKernel<{ dim: number; start: number; end: number | null; step: number }>(
  core.slice,
  ([x], y, attrs) => {
    const dim = core.axis('slice', x!.shape.length, attrs.dim);
    const strides = stridesOf(x!.shape);
    const { start } = core.sliceRange(x!.shape[dim]!, attrs);
    const steps = strides.map((s, i) => (i === dim ? s * attrs.step : s));
    copyFrom(x!, y, offsets(y.shape, steps, start * strides[dim]!));
  },
);

const expand = cpuKernel(core.expand, ([x], y) => copyFrom(x!, y, broadcastOffsets(x!.shape, y.shape)));

const flip = cpuKernel<{ dims: readonly number[] }>(core.flip, ([x], y, { dims }) => {
  const strides = stridesOf(x!.shape);
  let start = 0;
  for (const d of core.axes('flip', x!.shape.length, dims)) {
    start += (x!.shape[d]! - 1) * strides[d]!;
    strides[d] = -strides[d]!;
  }
  copyFrom(x!, y, offsets(y.shape, strides, start));
});

/** Position in an axis of length n that position `at` shows when the axis is mirrored at its ends. */
const mirror = (at: number, n: number) => (at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at);

const pad = cpuKernel<{ pad: readonly number[]; mode: 'constant' | 'reflect'; value: number }>(
  core.pad,
  ([x], y, attrs) => {
    const { shape } = x!;
    const strides = stridesOf(shape);
    const before = shape.map((_, axis) => core.padOf(attrs.pad, shape.length, axis)[0]);
    const yStrides = stridesOf(y.shape);
    for (let i = 0; i < y.size; i++) {
      let from = 0;
      let inside = true;
      for (let axis = 0; axis < shape.length; axis++) {
        const index = Math.floor(i / yStrides[axis]!) % y.shape[axis]!;
        let at = index - before[axis]!;
        if (attrs.mode === 'reflect') at = mirror(at, shape[axis]!);
        inside &&= at >= 0 && at < shape[axis]!;
        from += at * strides[axis]!;
      }
      y.buffer[i] = inside ? x!.buffer[from]! : attrs.value;
    }
  },
);

const concat = cpuKernel<{ dim: number }>(core.concat, (xs, y, attrs) => {
  const dim = core.axis('concat', y.shape.length, attrs.dim);
  const strides = stridesOf(y.shape);
  let start = 0;
  for (const x of xs) {
    offsets(x.shape, strides, start * strides[dim]!).forEach((at, i) => (y.buffer[at] = x.buffer[i]!));
    start += x.shape[dim]!;
  }
});

export const shapeKernels = [reshape, permute, slice, expand, flip, pad, concat];
