import type { Kernel } from '@paperzoo/core';

/** Every kernel that the device brings for core ops. */
export const wasmKernels: readonly Kernel<number>[] = [];
