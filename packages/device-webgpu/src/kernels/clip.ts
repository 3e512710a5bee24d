import { clipUnitNorm } from '@paperzoo/core';
import { webgpuKernel } from '../context';
import type { Program } from '../gpu/program';
import { sqrtf } from '../wgsl/math';
import { isShared, rowProgram } from './rows';

/** Rows are units; those that are short enough pass unchanged. */
const clipProgram = (shared: boolean): Program =>
  rowProgram(
    shared,
    {
      ins: [
        ['grads', 'f32'],
        ['params', 'f32'],
      ],
      outs: [['ys', 'f32']],
      params: ['factor:f32', 'eps:f32'],
      uses: [sqrtf],
    },
    ({ each, sum }) => `var ofParams = 0.0;
  var ofGrads = 0.0;
  ${each('ofParams += params[at] * params[at]; ofGrads += grads[at] * grads[at];')}
  let most = max(sqrtf(${sum('ofParams')}), p.eps) * p.factor;
  let norm = sqrtf(${sum('ofGrads')});
  var scale = 1.0;
  if (!(norm < most)) { scale = most / max(norm, 1e-6); }
  ${each('ys[at] = grads[at] * scale;')}`,
  );

export const clipKernel = webgpuKernel<{ factor: number; eps: number }>(clipUnitNorm, {
  run(ctx, [grad, param], [y], { factor, eps }) {
    const rows = y!.shape.length > 1 ? y!.shape[0]! : 1;
    const n = y!.size / rows;
    const shared = isShared(n, 1);
    ctx.dispatch(`clip_unit_norm/${shared}`, () => clipProgram(shared), {
      ins: [grad!.buffer, param!.buffer],
      outs: [y!.buffer],
      params: [n, 1, factor, eps],
      size: rows,
    });
  },
});
