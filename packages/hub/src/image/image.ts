import { ShapeError } from '@paperzoo/core';

/** Decoded pixels: RGB, 8 bits each, `data[(y * width + x) * 3 + channel]`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Refuses an image whose pixels do not fill its size. */
export function checkImage({ width, height, data }: RgbImage, argument = 'image'): void {
  const proper = Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0;
  if (proper && data.length === width * height * 3) return;
  throw new ShapeError(
    `${argument} of ${width}×${height} pixels needs ${width * height * 3} RGB bytes, got ${data.length}.`,
    {
      argument,
      expected: 'positive width and height, data of width * height * 3 bytes',
      got: { width, height, length: data.length },
    },
  );
}
