import { expect, test } from '@jest/globals';
import { EfficientViT, type EfficientViTConfig } from '../src/index';
import { stageResolutions } from '../src/models/efficientvit-config';
import { TINY } from './tiny';

const cases: [Partial<EfficientViTConfig>, RegExp][] = [
  [{ imgSize: 100 }, /imgSize must be a positive multiple of 16.*got 100/],
  [{ imgSize: 0 }, /imgSize/],
  [{ imgSize: [224, 192] as unknown as number }, /imgSize.*got \[224,192\]/],
  [{ numClasses: -1 }, /numClasses/],
  [{ inChans: 0 }, /inChans/],
  [{ globalPool: '' }, /globalPool must be 'avg' when numClasses is not 0/],
  [{ embedDim: [12, 24, 32] }, /embedDim\[0\] must be divisible by 8/],
  [{ embedDim: [16, 25, 32] }, /embedDim\[1\] must be divisible by its 3 heads/],
  [{ depth: [1, 1] }, /depth must be a list of 3 numbers/],
  [{ numHeads: [2, 3, 5] }, /kernels must be at least 5 numbers/],
  [{ kernels: [5, 4, 3, 3] }, /kernels must be odd positive integers/],
  [{ windowSize: [7, 0, 7] }, /windowSize must be positive integers/],
  [{ keyDim: [4, 4, 1.5] }, /keyDim/],
];

test.each(cases)('%j is refused', (change, message) => {
  expect(() => new EfficientViT({ ...TINY, ...change })).toThrow(message);
});

test('stage sides follow upstream’s arithmetic', () => {
  const sides = [192, 224, 256, 288, 384, 512].map((size) => stageResolutions(size, 3));
  expect(sides).toEqual([[12, 6, 3], [14, 7, 4], [16, 8, 4], [18, 9, 5], [24, 12, 6], [32, 16, 8]]); // prettier-ignore
});
