import { HubError } from '@paperzoo/core';
import { withoutExif } from './orientation';
import type { ImageInfo } from './sniff';
import type { RgbImage } from './image';

/** Rows drawn at a time: canvases are limited in size on phones, and a strip keeps the RGBA copy small. */
const STRIP_PIXELS = 2 ** 20;

/** Decodes by the browser, without its colour management. */
export async function decodeInBrowser(
  bytes: Uint8Array,
  format: ImageInfo['format'],
  autoOrient: boolean,
): Promise<RgbImage> {
  if (typeof createImageBitmap !== 'function') {
    throw new HubError('Decoding images needs createImageBitmap, which this runtime lacks.', {
      expected: 'createImageBitmap',
    });
  }
  const blob = new Blob([(autoOrient ? bytes : withoutExif(bytes, format)) as Uint8Array<ArrayBuffer>], {
    type: `image/${format}`,
  });
  const bitmap = await createImageBitmap(blob, {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: 'from-image',
  });
  try {
    return readPixels(bitmap);
  } finally {
    bitmap.close();
  }
}

function readPixels(bitmap: ImageBitmap): RgbImage {
  const { width, height } = bitmap;
  const rows = Math.max(1, Math.min(height, Math.floor(STRIP_PIXELS / width)));
  const context = canvasContext(width, rows);
  const data = new Uint8Array(width * height * 3);
  let out = 0;
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top);
    context.clearRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, -top);
    const rgba = context.getImageData(0, 0, width, count, { colorSpace: 'srgb' }).data;
    for (let i = 0; i < rgba.length; i += 4, out += 3) {
      data[out] = rgba[i]!;
      data[out + 1] = rgba[i + 1]!;
      data[out + 2] = rgba[i + 2]!;
    }
  }
  return { width, height, data };
}

function canvasContext(width: number, height: number): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  const settings: CanvasRenderingContext2DSettings = { colorSpace: 'srgb', willReadFrequently: true };
  let context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
  if (typeof OffscreenCanvas !== 'undefined') {
    context = new OffscreenCanvas(width, height).getContext('2d', settings);
  } else {
    context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d', settings);
  }
  if (!context) throw new HubError('The browser gave no 2-D canvas.', { expected: 'a 2-D context' });
  return context;
}
