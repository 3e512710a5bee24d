export { webgpu, type WebgpuOptions } from './webgpu';
export { auto } from './auto';
export { profileCall, type GpuProfile, type GpuProfileRow } from './profile';
export {
  webgpuKernel,
  type WebgpuArg,
  type WebgpuCall,
  type WebgpuContext,
  type WebgpuHandle,
  type WebgpuKernelSpec,
} from './context';
export type { Program } from './gpu/program';
export { wgslFunction, type WgslFunction } from './wgsl/functions';
