import type { Kernel } from '@paperzoo/core';
import { convKernels } from './conv';
import { gemmKernels } from './gemm';

/** Every kernel that the device brings for core ops. */
export const wasmKernels: readonly Kernel<number>[] = [...gemmKernels, ...convKernels];
