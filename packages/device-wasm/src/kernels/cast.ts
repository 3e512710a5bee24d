import * as core from '@paperzoo/core';
import { DTYPE_CODES } from './dtype-codes';
import { wasmKernel } from './kernels-module';
import { GRAIN } from './layout';

export const castKernels = [
  wasmKernel(core.cast, 'any', (ctx, [x], y) => {
    if (x!.dtype === y.dtype) {
      const bytes = y.size * core.DTYPES[y.dtype].bytes;
      ctx.exports.copyRows!(0, 1, bytes, x!.buffer, 0, y.buffer, 0);
    } else ctx.parallel('cast', y.size, GRAIN, DTYPE_CODES[x!.dtype], DTYPE_CODES[y.dtype], x!.buffer, y.buffer);
  }),
];
