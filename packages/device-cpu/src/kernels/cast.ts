import * as core from '@paperzoo/core';
import { cpuKernel } from '../values';

const RANGE = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1], u8: [0, 255] } as const;

/** Towards zero and saturating; NaN has no integer and gives 0. */
function convert(x: number, dtype: core.DType): number {
  if (dtype === 'f32') return x;
  if (dtype === 'bool') return Number(x !== 0);
  const [low, high] = RANGE[dtype];
  return Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), low), high);
}

export const castKernels = [
  cpuKernel(core.cast, ([x], y) => {
    for (let i = 0; i < y.size; i++) y.buffer[i] = convert(x!.buffer[i]!, y.dtype);
  }),
];
