import type { Kernel } from '@paperzoo/core';
import { backwardKernel } from './webgpu/backward';
import { forwardKernel } from './webgpu/forward';

export default [forwardKernel, backwardKernel] as unknown as readonly Kernel<never, never>[];
