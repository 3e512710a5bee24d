import { HubError } from '@paperzoo/core';
import type Sharp from 'sharp';
import type { RgbImage } from './image';

/** The name comes as an argument, so that bundles for browsers do not look for a package of Node. */
async function loadSharp(name: string): Promise<typeof Sharp> {
  try {
    const loaded = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as { default: typeof Sharp };
    return loaded.default;
  } catch (cause) {
    throw new HubError('Decoding images in Node needs the package "sharp", which could not be loaded.', {
      expected: 'sharp',
      cause,
      remedy: 'Install it: npm install sharp.',
    });
  }
}

/** Decodes by libvips: libjpeg-turbo and libpng give the pixels that PIL gives. */
export async function decodeWithSharp(
  bytes: Uint8Array,
  maxPixels: number,
  autoOrient: boolean,
  file: string,
): Promise<RgbImage> {
  const sharp = await loadSharp('sharp');
  const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', ignoreIcc: true, autoOrient, pages: 1 });
  const { data, info } = await image
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels === 3) return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  if (channels !== 1)
    throw new HubError(`${file} was decoded to ${channels} channels instead of three.`, {
      file,
      expected: 3,
      got: channels,
    });
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) rgb.fill(data[i]!, i * 3, i * 3 + 3);
  return { width, height, data: rgb };
}
