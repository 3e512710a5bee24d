import * as core from '@paperzoo/core';
import { wasmKernel } from './kernels-module';
import { COSTLY_GRAIN } from './layout';

export const activationGradKernel = wasmKernel<{ activation: core.Activation }>(
  core.activationGrad,
  ['f32'],
  (ctx, [x, dy], dx, { activation }) => {
    const code = core.ACTIVATIONS.indexOf(activation);
    ctx.parallel('activationGrad', dx.size, COSTLY_GRAIN, code, x!.buffer, dy!.buffer, dx.buffer);
  },
);
