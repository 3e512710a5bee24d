// WebGPU's bit flags, by value: pages have them as globals, Node does not, and a library should not add any.

export const USAGE = {
  mapRead: 1,
  copySource: 4,
  copyTarget: 8,
  uniform: 64,
  storage: 128,
  queryResolve: 512,
} as const;
export const COMPUTE_STAGE = 4;
export const MAP_FOR_READING = 1;
