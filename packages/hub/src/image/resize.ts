import { AttrError } from '@paperzoo/core';
import { checkImage, type RgbImage } from './image';
import { resample, type Interpolation } from './resample';

/** Resizes as `PIL.Image.resize(…, BICUBIC)` does, bit for bit: a = -0.5, averaging when shrinking. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resize(image, width, height, 'bicubic');
}

/** Resizes as `PIL.Image.resize(…, BILINEAR)` does, bit for bit: averaging when shrinking. */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  return resize(image, width, height, 'bilinear');
}

function resize(image: RgbImage, width: number, height: number, interpolation: Interpolation): RgbImage {
  checkImage(image);
  for (const [argument, n] of Object.entries({ width, height })) {
    if (!Number.isSafeInteger(n) || n < 1 || n > 2 ** 20) {
      throw new AttrError(`${argument} must be an integer from 1 to ${2 ** 20}, got ${n}.`, { argument, got: n });
    }
  }
  return resample(image, width, height, { left: 0, top: 0, width, height }, interpolation);
}
