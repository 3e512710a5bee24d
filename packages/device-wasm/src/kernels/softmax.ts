import * as core from '@paperzoo/core';
import { wasmKernel } from './kernels-module';
import { COSTLY_GRAIN, rowGrain } from './layout';
import { around } from './reduce';

export const softmaxKernels = [core.softmax, core.logSoftmax].map((op: core.Op, logarithm) =>
  wasmKernel<{ dim: number }>(op, ['f32'], (ctx, [x], y, { dim }) => {
    const { outer, n, inner } = around(x!, op.name, dim);
    if (inner === 1) {
      ctx.parallel('softmaxRows', outer, rowGrain(n, COSTLY_GRAIN), logarithm, n, x!.buffer, y.buffer);
    } else {
      const columns = outer * Math.ceil(inner / 4);
      ctx.parallel('softmaxColumns', columns, rowGrain(4 * n, COSTLY_GRAIN), logarithm, n, inner, x!.buffer, y.buffer);
    }
  }),
);
