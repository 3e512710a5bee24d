import { FormatError, HubError, throwIfAborted, ZooError } from '@paperzoo/core';
import { describeForeign } from '../safetensors/foreign';
import { isNode } from '../hub/node';
import type { HubOptions } from '../hub/options';
import { openSource } from '../hub/source';
import { decodeInBrowser } from './decode-browser';
import { decodeWithSharp } from './decode-node';
import { checkImage, type RgbImage } from './image';
import { sniffImage } from './sniff';

export interface DecodeImageOptions extends Pick<HubOptions, 'fetch' | 'signal' | 'maxBytes' | 'sha256'> {
  /** More pixels are refused before decoding; default 100 million. */
  maxPixels?: number;
  /** Turn the image as its EXIF tag says. Default false: timm and PIL do not either. */
  autoOrient?: boolean;
  /** Names the image in errors; default the path or address. */
  file?: string;
}

/**
 * Decodes an image to RGB bytes: by sharp in Node (an optional peer dependency), by the browser in pages and workers.
 * As PIL's `convert('RGB')` does: embedded colour profiles and orientation are ignored, transparency is dropped. Browsers
 * lose precision where a pixel is transparent.
 * @param source path (Node), https address, bytes or Blob of a JPEG, PNG, WebP, GIF (first frame), AVIF or (browsers) BMP
 * @throws FormatError when it is no image, damaged or too large; HubError when it is not there or sharp is not installed
 */
export async function decodeImage(
  source: string | URL | Uint8Array | ArrayBuffer | Blob,
  options: DecodeImageOptions = {},
): Promise<RgbImage> {
  const { maxPixels = 100_000_000, autoOrient = false, signal } = options;
  const named = typeof source === 'string' || source instanceof URL;
  const file = options.file ?? (named ? String(source) : 'image');
  throwIfAborted(signal, `Decoding ${file}`);
  const bytes = await readBytes(source, options);
  const info = sniffImage(bytes);
  if (!info) {
    const foreign = describeForeign(bytes);
    throw new FormatError(`${file} is not an image${foreign ? `; it looks like ${foreign}` : ''}.`, {
      file,
      where: 'bytes 0-32',
      expected: ['JPEG', 'PNG', 'WebP', 'GIF', 'AVIF', 'BMP'],
    });
  }
  const { format, width, height } = info;
  if (width === 0 || height === 0) {
    throw new FormatError(`${file} is a damaged ${format} image: its header states no size.`, {
      file,
      where: 'header',
    });
  }
  if (width * height > maxPixels) {
    throw new FormatError(`${file} has ${width}×${height} pixels, more than maxPixels allows.`, {
      file,
      where: 'header',
      expected: maxPixels,
      got: width * height,
      remedy: 'Raise maxPixels, or make the image smaller.',
    });
  }
  throwIfAborted(signal, `Decoding ${file}`);
  try {
    const image = isNode()
      ? await decodeWithSharp(bytes, maxPixels, autoOrient, file)
      : await decodeInBrowser(bytes, format, autoOrient);
    checkImage(image, file);
    return image;
  } catch (cause) {
    if (cause instanceof ZooError) throw cause;
    const why = String((cause as { message?: unknown }).message ?? cause).split('\n')[0];
    throw new FormatError(`${file} is a damaged or unsupported ${format} image: ${why}.`, { file, cause });
  }
}

async function readBytes(
  source: string | URL | Uint8Array | ArrayBuffer | Blob,
  options: DecodeImageOptions,
): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const maxBytes = options.maxBytes ?? 2 ** 28;
  if (typeof source === 'string' || source instanceof URL) {
    const files = await openSource(source, { ...options, maxBytes, cache: 'none' });
    if (files.entry === undefined) {
      throw new HubError(`${files.name} is not the address of an image file.`, {
        argument: 'source',
        expected: 'a file',
        got: 'a folder',
      });
    }
    return files.read(files.entry);
  }
  if (source.size > maxBytes) {
    throw new FormatError(`The image has ${source.size} bytes, more than maxBytes allows.`, {
      expected: maxBytes,
      got: source.size,
    });
  }
  return new Uint8Array(await source.arrayBuffer());
}
