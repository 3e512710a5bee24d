import type { Kernel } from '@paperzoo/core';
import { backwardKernel } from './backward';
import { LIMIT } from './chunks';
import { forwardKernel } from './forward';
import { layerKernels } from './layer';

export default [
  forwardKernel('gla.gla/wasm-simd', LIMIT),
  backwardKernel,
  ...layerKernels,
] as unknown as readonly Kernel<never, never>[];
