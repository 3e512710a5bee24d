export { cpu, type CpuOptions } from './cpu';
export { exactData, exactTensor } from './exact';
