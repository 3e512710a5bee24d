import type { Kernel } from '@paperzoo/core';
import { unpackModule } from '../module/bundle';
import { attentionKernels } from './attention';
import { convKernels } from './conv';
import { convGradKernels } from './conv-grad';
import { gemmKernels } from './gemm';

/** The dense module again, with fused multiply-add. */
async function relaxedDenseModule(): Promise<Uint8Array> {
  return unpackModule(await import('../generated/dense.bundle'), 1);
}

/**
 * Products and convolutions with fused multiply-add, a third faster where the processor has it. Packed weights are laid out alike, so
 * both variants share them. Not the default: the last bits then depend on the processor.
 */
export const relaxedKernels: readonly Kernel<number>[] = [
  ...gemmKernels,
  ...convKernels,
  ...convGradKernels,
  ...attentionKernels,
].map((kernel) =>
  Object.freeze({
    ...kernel,
    id: kernel.id.replace('wasm-simd', 'wasm-relaxed'),
    priority: kernel.priority + 1,
    module: relaxedDenseModule,
  }),
);
