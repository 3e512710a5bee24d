import type { RgbImage } from './image';

export type Interpolation = 'bicubic' | 'bilinear';

/** Fixed-point weights have 22 fractional bits: 8 bits of pixel and 2 of head room fill an int32. */
const PRECISION = 22;

/** Bound once: looking `Math` up in the global object of a test's or a page's realm can cost more than the product. */
const multiply = Math.imul;

const FILTERS: Readonly<Record<Interpolation, { support: number; at(x: number): number }>> = {
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: {
    support: 2,
    at(signed) {
      const a = -0.5;
      const x = Math.abs(signed);
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
};

/** For output index o of a range: `counts[o]` taps from input index `first[o]` on, weights at `weights[o * taps]`. */
interface Taps {
  readonly first: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  readonly taps: number;
}

/**
 * PIL's weights: the filter is stretched when shrinking, so that it averages; sums are normalised in float64 and rounded
 * half away from zero to fixed point.
 */
function makeTaps(input: number, output: number, begin: number, end: number, interpolation: Interpolation): Taps {
  const { support, at } = FILTERS[interpolation];
  const scale = input / output;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const inverse = 1 / stretch;
  const taps = Math.ceil(reach) * 2 + 1;
  const count = end - begin;
  const result = {
    first: new Int32Array(count),
    counts: new Int32Array(count),
    weights: new Int32Array(count * taps),
    taps,
  };
  const row = new Float64Array(taps);
  for (let o = 0; o < count; o++) {
    const center = (begin + o + 0.5) * scale;
    const low = Math.max(Math.trunc(center - reach + 0.5), 0);
    const n = Math.min(Math.trunc(center + reach + 0.5), input) - low;
    let sum = 0;
    for (let k = 0; k < n; k++) sum += row[k] = at((k + low - center + 0.5) * inverse);
    for (let k = 0; k < n; k++) {
      const w = sum === 0 ? row[k]! : row[k]! / sum;
      result.weights[o * taps + k] = Math.trunc(w * 2 ** PRECISION + (w < 0 ? -0.5 : 0.5));
    }
    result.first[o] = low;
    result.counts[o] = n;
  }
  return result;
}

export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The part `window` of `image` resized to `width` × `height`, bit for bit as PIL computes it (two passes, columns first,
 * 8 bits in between). Only what the window shows is computed; no other pixel of the result depends on it.
 */
export function resample(
  image: RgbImage,
  width: number,
  height: number,
  window: Window,
  interpolation: Interpolation,
): RgbImage {
  const across =
    image.width === width
      ? undefined
      : makeTaps(image.width, width, window.left, window.left + window.width, interpolation);
  const down =
    image.height === height
      ? undefined
      : makeTaps(image.height, height, window.top, window.top + window.height, interpolation);
  const last = window.height - 1;
  const top = down ? down.first[0]! : window.top;
  const bottom = down ? down.first[last]! + down.counts[last]! : window.top + window.height;
  const rows = across ? resizeRows(image, across, top, bottom) : cropRows(image, window, top, bottom);
  return {
    width: window.width,
    height: window.height,
    data: down ? resizeColumns(rows, window.width, down, top) : rows,
  };
}

function cropRows({ data, width }: RgbImage, window: Window, top: number, bottom: number): Uint8Array {
  const stride = window.width * 3;
  const out = new Uint8Array((bottom - top) * stride);
  for (let y = top; y < bottom; y++) {
    const at = (y * width + window.left) * 3;
    out.set(data.subarray(at, at + stride), (y - top) * stride);
  }
  return out;
}

function resizeRows({ data, width }: RgbImage, taps: Taps, top: number, bottom: number): Uint8Array {
  const { first, counts, weights, taps: stride } = taps;
  const columns = first.length;
  const out = new Uint8Array((bottom - top) * columns * 3);
  let o = 0;
  for (let y = top; y < bottom; y++) {
    const line = y * width * 3;
    for (let x = 0; x < columns; x++, o += 3) {
      let r = 1 << (PRECISION - 1);
      let g = r;
      let b = r;
      let at = line + first[x]! * 3;
      const from = x * stride;
      const to = from + counts[x]!;
      for (let k = from; k < to; k++, at += 3) {
        const w = weights[k]!;
        r = (r + multiply(w, data[at]!)) | 0;
        g = (g + multiply(w, data[at + 1]!)) | 0;
        b = (b + multiply(w, data[at + 2]!)) | 0;
      }
      out[o] = clip(r);
      out[o + 1] = clip(g);
      out[o + 2] = clip(b);
    }
  }
  return out;
}

function resizeColumns(rows: Uint8Array, columns: number, taps: Taps, top: number): Uint8Array {
  const { first, counts, weights, taps: stride } = taps;
  const line = columns * 3;
  const height = first.length;
  const out = new Uint8Array(height * line);
  const sums = new Int32Array(line);
  for (let y = 0; y < height; y++) {
    sums.fill(1 << (PRECISION - 1));
    // Row by row, so that memory is walked in order.
    for (let k = 0; k < counts[y]!; k++) {
      const w = weights[y * stride + k]!;
      const at = (first[y]! - top + k) * line;
      for (let x = 0; x < line; x++) sums[x] = (sums[x]! + multiply(w, rows[at + x]!)) | 0;
    }
    for (let x = 0; x < line; x++) out[y * line + x] = clip(sums[x]!);
  }
  return out;
}

function clip(sum: number): number {
  const value = sum >> PRECISION;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
