import { defineKernel, type Kernel } from '@paperzoo/core';
import type { WebgpuArg, WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import { cascadedGroupAttention } from '../ops/cascadedGroupAttention';
import { anyCascade, workOfAny } from './webgpu/cascade-any';
import { isTiled, packSides, tiledCascade, workOfTiled } from './webgpu/cascade-tiled';

interface Attrs {
  readonly window: number;
  readonly keyDim: number;
  readonly kernels: readonly number[];
}

/** All heads of all windows in one dispatch. */
const cascade = defineKernel<WebgpuHandle, WebgpuContext>(cascadedGroupAttention, {
  id: 'efficientvit.cascaded_group_attention/webgpu',
  device: 'webgpu',
  run(ctx, ins, [y], { window, keyDim: d, kernels }: Attrs) {
    const [x, qkvWeight] = ins as [WebgpuArg, WebgpuArg];
    const [images, height, width, channels] = x.shape as readonly [number, number, number, number];
    const [, , v] = qkvWeight.shape as readonly [number, number, number];
    const tokens = window * window;
    const [rows, across] = [Math.ceil(height / window), Math.ceil(width / window)];
    const windows = images * rows * across;
    const buffers = ins.map((arg) => arg!.buffer);
    if (isTiled(tokens, d, v, kernels)) {
      ctx.dispatch('efficientvit.cascade_tiled', () => tiledCascade, {
        ins: buffers,
        outs: [y!.buffer, ctx.scratch(windows * workOfTiled(tokens, v))],
        params: [height, width, rows, across, window, d / 4, v / 4, kernels.length, packSides(kernels)],
        size: windows,
      });
      return;
    }
    ctx.dispatch(`efficientvit.cascade/${kernels.join()}`, () => anyCascade(kernels), {
      ins: buffers,
      outs: [y!.buffer, ctx.scratch(windows * workOfAny(tokens, d, v))],
      params: [height, width, channels, window, rows, across, d, v],
      size: windows,
    });
  },
});

export default [cascade] as unknown as readonly Kernel<never, never>[];
