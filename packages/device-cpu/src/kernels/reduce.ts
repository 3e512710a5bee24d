import * as core from '@paperzoo/core';
import { offsets, stridesOf } from '../offsets';
import { cpuKernel } from '../values';

interface Attrs {
  readonly dim: readonly number[] | null;
}

/** Each op: where it starts, what it does with one more element. Sums and products stay in double until they are stored. */
const folds: readonly (readonly [core.Op, number, (so: number, x: number) => number])[] = [
  [core.sum, 0, (so, x) => so + x],
  [core.prod, 1, (so, x) => so * x],
  [core.amax, -Infinity, Math.max],
  [core.amin, Infinity, Math.min],
];

/** Start of every group of elements that are reduced together, and the steps within a group. */
function groups(shape: readonly number[], dims: readonly number[]): { starts: Float64Array; steps: Float64Array } {
  const strides = stridesOf(shape);
  const kept = shape.map((_, i) => i).filter((i) => !dims.includes(i));
  const pick = (axes: readonly number[]) =>
    offsets(
      axes.map((i) => shape[i]!),
      axes.map((i) => strides[i]!),
    );
  return { starts: pick(kept), steps: pick(dims) };
}

const reductions = folds.map(([op, start, fold]) =>
  cpuKernel<Attrs>(op, ([x], y, { dim }) => {
    const { starts, steps } = groups(x!.shape, core.axes(op.name, x!.shape.length, dim));
    starts.forEach((at, i) => {
      y.buffer[i] = steps.reduce((so, step) => fold(so, x!.buffer[at + step]!), start);
    });
  }),
);

const mean = cpuKernel<Attrs>(core.mean, ([x], y, { dim }) => {
  const { starts, steps } = groups(x!.shape, core.axes('mean', x!.shape.length, dim));
  starts.forEach((at, i) => {
    y.buffer[i] = steps.reduce((so, step) => so + x!.buffer[at + step]!, 0) / steps.length;
  });
});

/** The first of equals wins; NaN counts as largest, as in PyTorch. */
const argmax = cpuKernel<{ dim: number }>(core.argmax, ([x], y, { dim }) => {
  const { starts, steps } = groups(x!.shape, [core.axis('argmax', x!.shape.length, dim)]);
  starts.forEach((at, i) => {
    let best = 0;
    steps.forEach((step, k) => {
      const value = x!.buffer[at + step]!;
      const leader = x!.buffer[at + steps[best]!]!;
      if (value > leader || (Number.isNaN(value) && !Number.isNaN(leader))) best = k;
    });
    y.buffer[i] = best;
  });
});

const cumsum = cpuKernel<{ dim: number }>(core.cumsum, ([x], y, { dim }) => {
  const { starts, steps } = groups(x!.shape, [core.axis('cumsum', x!.shape.length, dim)]);
  for (const at of starts) {
    let sum = 0;
    for (const step of steps) y.buffer[at + step] = sum += x!.buffer[at + step]!;
  }
});

export const reduceKernels = [...reductions, mean, argmax, cumsum];
