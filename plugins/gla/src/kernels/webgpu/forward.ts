import { defineKernel } from '@paperzoo/core';
import type { WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import { gla } from '../../ops/gla';
import { glaSizes, type GlaAttrs } from '../../ops/gla-shapes';
import { longest } from '../chunks';
import { chunked } from './chunked';
import { fits } from './frame';
import { recurrent } from './recurrent';

/** Below this many tokens the recurrence takes fewer passes. */
const FEW_TOKENS = 9;

export const forwardKernel = defineKernel<WebgpuHandle, WebgpuContext>(gla, {
  id: 'gla.gla/webgpu',
  device: 'webgpu',
  supports: ([q]) => fits(q!.shape[3]!),
  run(ctx, ins, outs, attrs: GlaAttrs) {
    const sizes = glaSizes('gla.gla', ins as Parameters<typeof glaSizes>[1], attrs);
    const [, , , , gv, , bonus] = ins;
    const form = !gv && !bonus && longest(sizes, attrs) >= FEW_TOKENS ? chunked : recurrent;
    form(ctx, sizes, attrs, ins, outs);
  },
});
