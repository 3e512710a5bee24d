import { AttrError, ShapeError } from '@paperzoo/core';
import { checkImage, type RgbImage } from './image';
import { resample, type Interpolation } from './resample';

export interface PreprocessOptions {
  /** Side of the square result in pixels; default 224. */
  size?: number;
  /** Share of the resized image's shorter side that the crop shows, in (0, 1]; default 0.875. */
  cropPct?: number;
  /** `center`: shorter side to size / cropPct, longer in proportion. `squash`: both sides to it. Default `center`. */
  cropMode?: 'center' | 'squash';
  interpolation?: Interpolation;
  /** Per channel, in units of 0 to 1; default ImageNet's. */
  mean?: readonly number[];
  std?: readonly number[];
  /** Default `NCHW`. */
  layout?: 'NCHW' | 'NHWC';
}

export interface PixelTensor {
  readonly data: Float32Array;
  /** `[B, 3, size, size]` or, for NHWC, `[B, size, size, 3]`. */
  readonly shape: readonly [number, number, number, number];
}

/**
 * timm's evaluation transform, bit for bit: PIL resize, centre crop, `(u8 / 255 - mean) / std` in float32. An array of
 * images gives a batch.
 */
export function preprocessImage(images: RgbImage | readonly RgbImage[], options: PreprocessOptions = {}): PixelTensor {
  const {
    size = 224,
    cropPct = 0.875,
    mean = [0.485, 0.456, 0.406],
    std = [0.229, 0.224, 0.225],
    layout = 'NCHW',
  } = options;
  const list = 'data' in images ? [images] : images;
  if (list.length === 0)
    throw new ShapeError('preprocessImage needs at least one image.', { argument: 'images', got: 0 });
  check('layout', layout, layout === 'NCHW' || layout === 'NHWC', "'NCHW' or 'NHWC'");
  check('mean', mean, mean.length === 3 && mean.every(Number.isFinite), 'three numbers');
  check('std', std, std.length === 3 && std.every((s) => s > 0), 'three positive numbers');
  const tables = mean.map((m, c) => normalisationTable(m, std[c]!));
  const pixels = size * size;
  const crops = list.map((image) => cropImage(image, { ...options, size, cropPct }));
  const data = new Float32Array(crops.length * pixels * 3);
  crops.forEach(({ data: u8 }, b) => {
    for (let c = 0; c < 3; c++) {
      const table = tables[c]!;
      const step = layout === 'NCHW' ? 1 : 3;
      let out = b * pixels * 3 + (layout === 'NCHW' ? c * pixels : c);
      for (let i = c; i < u8.length; i += 3, out += step) data[out] = table[u8[i]!]!;
    }
  });
  return { data, shape: layout === 'NCHW' ? [crops.length, 3, size, size] : [crops.length, size, size, 3] };
}

/** The resized and cropped pixels that `preprocessImage` normalises: `size` × `size`, RGB bytes. */
export function cropImage(image: RgbImage, options: PreprocessOptions = {}): RgbImage {
  const { size = 224, cropPct = 0.875, cropMode = 'center', interpolation = 'bicubic' } = options;
  checkImage(image);
  check('size', size, Number.isSafeInteger(size) && size >= 1 && size <= 16384, 'an integer from 1 to 16384');
  check('cropPct', cropPct, cropPct > 0 && cropPct <= 1, 'a number in (0, 1]');
  check('cropMode', cropMode, cropMode === 'center' || cropMode === 'squash', "'center' or 'squash'");
  check(
    'interpolation',
    interpolation,
    interpolation === 'bicubic' || interpolation === 'bilinear',
    "'bicubic' or 'bilinear'",
  );
  const side = Math.floor(size / cropPct);
  const short = Math.min(image.width, image.height);
  const scaled = (length: number) =>
    cropMode === 'squash' || length === short ? side : Math.trunc((side * length) / short);
  const width = scaled(image.width);
  const height = scaled(image.height);
  const window = {
    left: roundHalfEven((width - size) / 2),
    top: roundHalfEven((height - size) / 2),
    width: size,
    height: size,
  };
  return resample(image, width, height, window, interpolation);
}

/** The 256 results of `(u8 / 255 - mean) / std`, rounded to float32 after each step as PyTorch does. */
function normalisationTable(mean: number, std: number): Float32Array {
  const f = Math.fround;
  return Float32Array.from({ length: 256 }, (_, u8) => f(f(f(u8 / 255) - f(mean)) / f(std)));
}

/** Python's `round`. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

function check(argument: string, got: unknown, ok: boolean, expected: string): void {
  if (!ok) throw new AttrError(`${argument} must be ${expected}, got ${String(got)}.`, { argument, expected, got });
}
