export { gpujs, type GpujsMode, type GpujsOptions } from './gpujs';
export { defineGpuKernel, type GpuKernelSpec } from './define-gpu-kernel';
export type { GpuContext, Launch } from './context';
export type { Slot } from './slot';
