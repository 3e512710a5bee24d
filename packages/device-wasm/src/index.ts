export { wasm, type WasmOptions } from './wasm';
export { WasmDevice } from './device';
export type { WasmContext } from './context';
export type { AllocatorStats } from './memory/allocator';
export { decodeBase64 } from './module/base64';
export { workerSource } from './pool/worker-source';
