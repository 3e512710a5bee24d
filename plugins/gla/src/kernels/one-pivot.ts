import type { Kernel } from '@paperzoo/core';
import { forwardKernel } from './forward';

export default [forwardKernel('gla.gla/wasm-one-pivot', Infinity)] as unknown as readonly Kernel<never, never>[];
