import type { EfficientViTConfig } from '../src/index';

/** The configuration of the tiny checkpoints: 63,114 parameters, stage maps of 7, 4 and 2. */
export const TINY: EfficientViTConfig = {
  imgSize: 112,
  inChans: 3,
  numClasses: 10,
  embedDim: [16, 24, 32],
  keyDim: [4, 4, 4],
  depth: [1, 1, 2],
  numHeads: [2, 3, 4],
  windowSize: [7, 7, 7],
  kernels: [5, 3, 3, 3],
  globalPool: 'avg',
  distillation: false,
};
