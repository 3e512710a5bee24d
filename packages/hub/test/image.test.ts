import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { AbortError, AttrError, FormatError, HubError, ShapeError } from '@paperzoo/core';
import {
  cropImage,
  decodeImage,
  parseSafetensors,
  preprocessImage,
  resizeBicubic,
  resizeBilinear,
  sha256Hex,
  type Checkpoint,
  type RgbImage,
} from '../src/index';
import { withoutExif } from '../src/image/orientation';
import { withDisplayP3 } from './support/color-profile';
import { errorOf } from './support/safetensors';
import { startServer } from './support/server';

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url);
const noise = (width: number, height: number): RgbImage => {
  let seed = width * 1000 + height;
  const data = Uint8Array.from(
    { length: width * height * 3 },
    () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 24,
  );
  return { width, height, data };
};

describe('photographs as timm prepares them', () => {
  let crops: Checkpoint;
  beforeAll(async () => {
    crops = parseSafetensors(await readFile(fixture('crops.safetensors')));
  });

  /** SHA-256 of the float32 tensor [3, 224, 224] that timm's transform gives (PyTorch 1.13, Pillow 9.4.0). */
  test.each([
    ['chelsea', 451, 300, 'ed2f6ad07f5cf8c36e25e39e2802999890064a49ae7386f29b25169af2758e1e'],
    ['rocket', 640, 427, '6a1fe90ba88f39b2e38ab567228f156b694e4d28c1546ade9806c902612dc5df'],
  ])('%s: crop and tensor are the same in every bit', async (name, width, height, sha256) => {
    const image = await decodeImage(fixture(`${name}.jpg`));
    expect([image.width, image.height]).toEqual([width, height]);
    const crop = cropImage(image);
    expect(Buffer.compare(crop.data, crops.get(name)!.bytes)).toBe(0);
    const { data, shape } = preprocessImage(image);
    expect(shape).toEqual([1, 3, 224, 224]);
    expect(await sha256Hex(new Uint8Array(data.buffer))).toBe(sha256);
    const nhwc = preprocessImage([image, image], { layout: 'NHWC' });
    expect(nhwc.shape).toEqual([2, 224, 224, 3]);
    for (const i of [0, 1, 7, 224 * 224 - 1]) {
      for (const c of [0, 1, 2]) {
        expect(nhwc.data[i * 3 + c]).toBe(data[c * 224 * 224 + i]);
        expect(nhwc.data[(224 * 224 + i) * 3 + c]).toBe(data[c * 224 * 224 + i]);
      }
    }
  });
});

/** The definition, one output pixel at a time, in float64 weights rounded once: slow and separate from the fast path. */
function slowResize(
  image: RgbImage,
  width: number,
  height: number,
  support: number,
  filter: (x: number) => number,
): RgbImage {
  const pass = (input: number, output: number, o: number) => {
    const scale = input / output;
    const stretch = Math.max(scale, 1);
    const center = (o + 0.5) * scale;
    const from = Math.max(Math.trunc(center - support * stretch + 0.5), 0);
    const to = Math.min(Math.trunc(center + support * stretch + 0.5), input);
    const raw = Array.from({ length: to - from }, (_, k) => filter((k + from - center + 0.5) * (1 / stretch)));
    const sum = raw.reduce((a, b) => a + b, 0);
    return raw.map((w, k) => ({ at: from + k, w: Math.trunc((w / sum) * 4194304 + (w < 0 ? -0.5 : 0.5)) }));
  };
  const clip = (s: number) => Math.min(255, Math.max(0, Math.floor(s / 4194304)));
  const across: number[] = [];
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      const taps = width === image.width ? [{ at: x, w: 4194304 }] : pass(image.width, width, x);
      for (let c = 0; c < 3; c++) {
        across.push(clip(taps.reduce((s, { at, w }) => s + w * image.data[(y * image.width + at) * 3 + c]!, 2097152)));
      }
    }
  }
  const data: number[] = [];
  for (let y = 0; y < height; y++) {
    const taps = height === image.height ? [{ at: y, w: 4194304 }] : pass(image.height, height, y);
    for (let i = 0; i < width * 3; i++)
      data.push(clip(taps.reduce((s, { at, w }) => s + w * across[at * width * 3 + i]!, 2097152)));
  }
  return { width, height, data: Uint8Array.from(data) };
}
const bicubic = (x: number) => {
  const t = Math.abs(x);
  return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : t < 2 ? (((t - 5) * t + 8) * t - 4) * -0.5 : 0;
};
const bilinear = (x: number) => Math.max(0, 1 - Math.abs(x));

describe('resizing', () => {
  test.each([
    [17, 13, 5, 4],
    [5, 4, 17, 13],
    [16, 16, 8, 8],
    [9, 9, 9, 3],
    [9, 9, 3, 9],
    [7, 5, 7, 5],
    [1, 1, 4, 3],
    [40, 1, 1, 7],
    [3, 50, 64, 2],
  ])('%i×%i to %i×%i equals the definition', (w, h, width, height) => {
    const image = noise(w, h);
    expect(resizeBicubic(image, width, height)).toEqual(slowResize(image, width, height, 2, bicubic));
    expect(resizeBilinear(image, width, height)).toEqual(slowResize(image, width, height, 1, bilinear));
  });

  test('a constant image stays constant, and black and white stay in range', () => {
    for (const value of [0, 1, 127, 255]) {
      const image = { width: 11, height: 7, data: new Uint8Array(11 * 7 * 3).fill(value) };
      expect(new Set(resizeBicubic(image, 30, 4).data)).toEqual(new Set([value]));
    }
    const steps = { width: 8, height: 1, data: Uint8Array.from({ length: 24 }, (_, i) => (i < 12 ? 0 : 255)) };
    const out = resizeBicubic(steps, 32, 1).data;
    expect(Math.min(...out)).toBe(0);
    expect(Math.max(...out)).toBe(255);
  });

  test('a crop equals the same part of the whole', () => {
    const image = noise(300, 211);
    const options = { size: 64, cropPct: 0.8 } as const;
    // 64 / 0.8 = 80 for the shorter side, trunc(80 · 300 / 211) = 113 for the longer; the crop begins at (24.5 → 24, 8).
    const whole = resizeBicubic(image, 113, 80);
    const crop = cropImage(image, options);
    for (let y = 0; y < 64; y++) {
      const at = ((y + 8) * 113 + 24) * 3;
      expect(Buffer.compare(crop.data.subarray(y * 192, (y + 1) * 192), whole.data.subarray(at, at + 192))).toBe(0);
    }
  });

  test('an image of the right size is only cropped; squash ignores the proportion', () => {
    const exact = noise(256, 300);
    expect(cropImage(exact).data.subarray(0, 3)).toEqual(
      exact.data.subarray((38 * 256 + 16) * 3, (38 * 256 + 16) * 3 + 3),
    );
    const squashed = cropImage(noise(100, 300), { size: 32, cropPct: 1, cropMode: 'squash' });
    expect(squashed).toEqual(resizeBicubic(noise(100, 300), 32, 32));
  });

  test('an extreme shape costs no more than its crop', () => {
    const long = { width: 1_000_000, height: 1, data: new Uint8Array(3_000_000).fill(9) };
    expect(new Set(cropImage(long, { size: 8 }).data)).toEqual(new Set([9]));
  });

  test('nonsense is refused by name', async () => {
    const image = noise(4, 4);
    const bad = [
      [() => preprocessImage(image, { size: 0 }), AttrError, 'size'],
      [() => preprocessImage(image, { cropPct: 0 }), AttrError, 'cropPct'],
      [() => preprocessImage(image, { cropPct: 1.1 }), AttrError, 'cropPct'],
      [() => preprocessImage(image, { std: [1, 0, 1] }), AttrError, 'std'],
      [() => preprocessImage(image, { mean: [1] }), AttrError, 'mean'],
      [() => preprocessImage(image, { layout: 'CHW' as 'NCHW' }), AttrError, 'layout'],
      [() => preprocessImage(image, { interpolation: 'nearest' as 'bilinear' }), AttrError, 'interpolation'],
      [() => preprocessImage([]), ShapeError, 'images'],
      [() => preprocessImage({ width: 4, height: 4, data: new Uint8Array(64) }), ShapeError, 'image'],
      [() => preprocessImage({ width: 0, height: 4, data: new Uint8Array(0) }), ShapeError, 'image'],
      [() => resizeBicubic(image, 0, 4), AttrError, 'width'],
      [() => resizeBilinear(image, 4, 2.5), AttrError, 'height'],
    ] as const;
    for (const [action, type, argument] of bad) {
      const error = await errorOf(action);
      expect(error).toBeInstanceOf(type);
      expect(error).toMatchObject({ details: { argument } });
    }
  });
});

describe('decodeImage', () => {
  const pixels = noise(6, 4);
  const raw = () => sharp(pixels.data, { raw: { width: 6, height: 4, channels: 3 } });

  test('bytes, buffers, blobs, paths and addresses', async () => {
    const png = Uint8Array.from(await raw().png().toBuffer());
    const server = await startServer();
    try {
      server.routes.set('/a/x.png', png);
      for (const source of [png, png.buffer, new Blob([png]), `${server.url}/a/x.png`])
        expect(await decodeImage(source)).toEqual(pixels);
    } finally {
      await server.close();
    }
    expect((await decodeImage(fixture('rocket.jpg').pathname)).width).toBe(640);
  });

  test.each(['png', 'webp', 'gif', 'avif'] as const)('%s', async (format) => {
    const bytes = await raw().toFormat(format, { lossless: true }).toBuffer();
    const image = await decodeImage(bytes);
    expect([image.width, image.height]).toEqual([6, 4]);
    if (format !== 'gif') expect(image).toEqual(pixels);
  });

  test('grey becomes RGB, transparency is dropped without blending, a palette is looked up', async () => {
    const grey = await sharp(Uint8Array.from([0, 100, 200, 255]), { raw: { width: 2, height: 2, channels: 1 } })
      .png()
      .toBuffer();
    expect([...(await decodeImage(grey)).data]).toEqual([0, 0, 0, 100, 100, 100, 200, 200, 200, 255, 255, 255]);
    const clear = await sharp(Uint8Array.from([10, 20, 30, 0, 40, 50, 60, 128]), {
      raw: { width: 2, height: 1, channels: 4 },
    })
      .png()
      .toBuffer();
    expect([...(await decodeImage(clear)).data]).toEqual([10, 20, 30, 40, 50, 60]);
    const palette = await sharp(Uint8Array.from([255, 0, 0, 0, 0, 255]), { raw: { width: 2, height: 1, channels: 3 } })
      .png({ palette: true })
      .toBuffer();
    expect([...(await decodeImage(palette)).data]).toEqual([255, 0, 0, 0, 0, 255]);
  });

  test('an embedded colour profile changes nothing', async () => {
    const plain = await raw().jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer();
    const tagged = await withDisplayP3(plain);
    expect((await sharp(tagged).metadata()).hasProfile).toBe(true);
    expect(await decodeImage(tagged)).toEqual(await decodeImage(plain));
  });

  test('the EXIF orientation is applied on request only', async () => {
    const turned = await raw().withMetadata({ orientation: 6 }).png().toBuffer();
    expect(await decodeImage(turned)).toEqual(pixels);
    expect(await decodeImage(turned, { autoOrient: true })).toMatchObject({ width: 4, height: 6 });
  });

  test('what is no image is a FormatError that says what it looks like', async () => {
    const cases: [string, Uint8Array, RegExp][] = [
      ['nothing', new Uint8Array(0), /is not an image/],
      ['text', new TextEncoder().encode('hello'), /is not an image/],
      ['HTML', new TextEncoder().encode('<html></html>'), /HTML page/],
      ['SVG', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'), /is not an image/],
      ['PNG signature only', Uint8Array.from([0x89, 80, 78, 71, 13, 10, 26, 10]), /states no size/],
      ['JPEG start only', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]), /states no size/],
    ];
    for (const [, bytes, message] of cases) {
      const error = await errorOf(() => decodeImage(bytes, { file: 'cat.jpg' }));
      expect(error).toBeInstanceOf(FormatError);
      expect(error).toMatchObject({ details: { file: 'cat.jpg' } });
      expect((error as Error).message).toMatch(message);
    }
  });

  test('corrupt and truncated images are FormatErrors', async () => {
    const jpeg = Uint8Array.from(await readFile(fixture('chelsea.jpg')));
    const png = Uint8Array.from(await raw().png().toBuffer());
    const flipped = png.slice();
    flipped[Math.floor(png.length / 2)]! ^= 0xff;
    for (const bytes of [jpeg.subarray(0, jpeg.length / 2), png.subarray(0, png.length - 20), flipped]) {
      const error = await errorOf(() => decodeImage(bytes));
      expect(error).toBeInstanceOf(FormatError);
      expect((error as Error).message).toMatch(/damaged or unsupported/);
    }
  });

  test('huge images are refused by their header, before anything is decoded', async () => {
    const bomb = Uint8Array.from(await raw().png().toBuffer());
    new DataView(bomb.buffer).setUint32(16, 60_000);
    new DataView(bomb.buffer).setUint32(20, 60_000);
    expect(((await errorOf(() => decodeImage(bomb))) as Error).message).toMatch(
      /60000×60000 pixels, more than maxPixels/,
    );
    const limited = await errorOf(() => decodeImage(fixture('rocket.jpg'), { maxPixels: 1000 }));
    expect(limited).toBeInstanceOf(FormatError);
    expect(limited).toMatchObject({ details: { expected: 1000, got: 640 * 427 } });
    expect(await errorOf(() => decodeImage(fixture('rocket.jpg'), { maxBytes: 1000 }))).toBeInstanceOf(HubError);
    expect(await errorOf(() => decodeImage(new Blob([bomb]), { maxBytes: 10 }))).toBeInstanceOf(FormatError);
  });

  test('a missing file, a folder, an aborted call', async () => {
    expect(await errorOf(() => decodeImage('/nowhere/cat.jpg'))).toBeInstanceOf(HubError);
    expect(((await errorOf(() => decodeImage(fixture('.')))) as Error).message).toMatch(
      /not the address of an image file/,
    );
    expect(await errorOf(() => decodeImage(fixture('rocket.jpg'), { signal: AbortSignal.abort() }))).toBeInstanceOf(
      AbortError,
    );
  });

  test("noise with an image's beginning never does more than fail", async () => {
    const starts = [
      '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10',
      '\xff\xd8\xff\xc0\0\x11\x08\0\x10\0\x10',
      'GIF89a\x10\0\x10\0',
      'RIFF\0\0\0\0WEBPVP8 ',
      'BM',
      '\0\0\0\x1cftypavif',
    ];
    for (const start of starts) {
      for (const length of [0, 8, 30, 200]) {
        const bytes = Uint8Array.from([...start].map((c) => c.charCodeAt(0)).concat([...noise(length, 1).data]));
        expect(await errorOf(() => decodeImage(bytes))).toBeInstanceOf(FormatError);
      }
    }
  });
});

describe('withoutExif', () => {
  test.each(['jpeg', 'png', 'webp'] as const)('%s: the orientation goes, the pixels stay', async (format) => {
    const image = noise(6, 4);
    const source = sharp(image.data, { raw: { width: 6, height: 4, channels: 3 } });
    const turned = Uint8Array.from(await source.withMetadata({ orientation: 6 }).toFormat(format).toBuffer());
    expect((await sharp(turned).metadata()).orientation).toBe(6);
    const plain = withoutExif(turned, format);
    expect((await sharp(plain).metadata()).orientation).toBeUndefined();
    expect(await decodeImage(plain)).toEqual(await decodeImage(turned));
    expect(withoutExif(plain, format)).toEqual(plain);
    for (let length = 0; length < turned.length; length++) withoutExif(turned.subarray(0, length), format);
  });
});
