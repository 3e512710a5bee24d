import type { EfficientViTConfig } from './efficientvit-config';

const variant = (embedDim: number[], depth: number[], numHeads: number[], kernels: number[]): EfficientViTConfig => ({
  imgSize: 224,
  inChans: 3,
  numClasses: 1000,
  embedDim,
  keyDim: [16, 16, 16],
  depth,
  numHeads,
  windowSize: [7, 7, 7],
  kernels,
  globalPool: 'avg',
  distillation: false,
});

/** The six published models (the paper's table 1), with ImageNet's 1000 classes at 224 × 224. */
export const efficientvitVariants = {
  efficientvit_m0: variant([64, 128, 192], [1, 2, 3], [4, 4, 4], [5, 5, 5, 5]),
  efficientvit_m1: variant([128, 144, 192], [1, 2, 3], [2, 3, 3], [7, 5, 3, 3]),
  efficientvit_m2: variant([128, 192, 224], [1, 2, 3], [4, 3, 2], [7, 5, 3, 3]),
  efficientvit_m3: variant([128, 240, 320], [1, 2, 3], [4, 3, 4], [5, 5, 5, 5]),
  efficientvit_m4: variant([128, 256, 384], [1, 2, 3], [4, 4, 4], [7, 5, 3, 3]),
  efficientvit_m5: variant([192, 288, 384], [1, 3, 4], [3, 3, 4], [7, 5, 3, 3]),
} as const;

export type EfficientViTVariant = keyof typeof efficientvitVariants;
