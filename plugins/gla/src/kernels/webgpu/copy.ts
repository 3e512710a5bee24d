import type { Program, WebgpuArg, WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import { f32 } from './frame';

const program: Program = { ins: f32('xs'), outs: f32('ys'), params: ['start'], body: 'ys[p.start + i] = xs[i];' };

/** Copies a tensor to a place in other memory. */
export function copyInto(ctx: WebgpuContext, from: WebgpuArg, to: WebgpuHandle, start: number): void {
  ctx.dispatch('gla.copy', () => program, { ins: [from.buffer], outs: [to], params: [start], size: from.size });
}
