import type { Kernel } from '@paperzoo/core';
import { backwardKernel } from './webgpu/backward';
import { elementwiseKernels } from './webgpu/elementwise';
import { forwardKernel } from './webgpu/forward';
import { gatedNormKernels } from './webgpu/gated-norm';
import { shortConvKernel } from './webgpu/short-conv';

export default [
  forwardKernel,
  backwardKernel,
  ...elementwiseKernels,
  ...gatedNormKernels,
  shortConvKernel,
] as unknown as readonly Kernel<never, never>[];
