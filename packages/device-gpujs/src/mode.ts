/** What gpu.js compiles kernels to: WGSL, GLSL, WebAssembly, or plain JavaScript (slow, for debugging). */
export const MODES = ['webgpu', 'webgl2', 'webasm', 'cpu'] as const;
export type GpujsMode = (typeof MODES)[number];

/** Modes whose results stay in the graphics card's memory between kernels; in the others they are arrays already. */
export const isResident = (mode: GpujsMode): boolean => mode === 'webgpu' || mode === 'webgl2';
