import * as core from '@paperzoo/core';
import { defineGpuKernel } from '../define-gpu-kernel';

/** Ends of the ranges as floats; the upper ones of i32 and u32 are one too high, which reading mends. */
const RANGE = {
  i32: { low: -2147483648, high: 2147483648 },
  u32: { low: 0, high: 4294967296 },
  u8: { low: 0, high: 255 },
} as const;

function statements(from: core.DType, to: core.DType): string {
  if (to === 'bool') return 'if (v == 0) { return 0; } return 1;';
  if (to === 'f32' || from === to || from === 'bool') return 'return v;';
  // Towards zero; what is not a number falls through both comparisons.
  return `if (v >= 0) { return Math.min(Math.floor(v), this.constants.high); }
    if (v < 0) { return Math.max(Math.ceil(v), this.constants.low); }
    return 0;`;
}

const cast = defineGpuKernel(core.cast, {
  source: ([x], out) => /* js */ `function (x) {
    const v = x[this.thread.x];
    ${statements(x!.dtype, out.dtype)}
  }`,
  floats: (_ins, { dtype }) => (dtype === 'f32' || dtype === 'bool' ? {} : RANGE[dtype]),
  dtypes: 'any',
});

export const castKernels = [cast];
