import type { Kernel } from '@paperzoo/core';
import { backwardKernel } from './backward';
import { LIMIT } from './chunks';
import { forwardKernel } from './forward';

export default [forwardKernel('gla.gla/wasm-simd', LIMIT), backwardKernel] as unknown as readonly Kernel<
  never,
  never
>[];
