import { pixel } from './depthwise';

/** Channels that a block of `depthwiseWeightGrad` takes: a cache line of floats. */
const BLOCK: i32 = 16;

/** First tap from `k0` on that lies on the grid of the output: (at - k·d) divisible by s; `kernel` when there is none. */
@inline
function firstTap(at: i32, d: i32, s: i32, kernel: i32): i32 {
  let k = 0;
  while (k < kernel && (at - k * d) % s != 0) k++;
  return k;
}

function gcd(a: i32, b: i32): i32 {
  while (b != 0) {
    const r = a % b;
    a = b;
    b = r;
  }
  return a;
}

/**
 * Gradient of a depthwise convolution's input, channels last, for input rows [begin, end) of images·h. Each input pixel gathers from the
 * output pixels that it went to: every `s / gcd(s, d)`-th tap, from a first one on.
 * grad: `[images][ho][wo][channels]`; weights `[kh·kw][channels]`; dx: `[images][h][w][channels]`.
 */
export function depthwiseInputGrad(
  begin: i32, end: i32, grad: usize, ho: i32, wo: i32, channels: i32, weights: usize, h: i32, w: i32,
  kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32, to: usize,
): void {
  const bytes = <usize>channels << 2;
  const commonY = gcd(sy, dy), commonX = gcd(sx, dx);
  // From one tap to the next that counts, and how far the output position then goes back.
  const tapY = sy / commonY, tapX = sx / commonX;
  const backY = dy / commonY, backX = dx / commonX;
  for (let row = begin; row < end; row++) {
    const image = row / h;
    const y = row - image * h + py;
    let ky = firstTap(y, dy, sy, kh);
    let oy = (y - ky * dy) / sy;
    while (ky < kh && oy >= ho) {
      ky += tapY;
      oy -= backY;
    }
    let ny = 0;
    for (let k = ky, o = oy; k < kh && o >= 0; k += tapY, o -= backY) ny++;
    for (let ix = 0; ix < w; ix++) {
      const x = ix + px;
      let kx = firstTap(x, dx, sx, kw);
      let ox = (x - kx * dx) / sx;
      while (kx < kw && ox >= wo) {
        kx += tapX;
        ox -= backX;
      }
      let nx = 0;
      for (let k = kx, o = ox; k < kw && o >= 0; k += tapX, o -= backX) nx++;
      pixel(
        grad + <usize>((image * ho + oy) * wo + ox) * bytes, 0 - <usize>(backY * wo) * bytes, 0 - <usize>backX * bytes,
        weights + <usize>(ky * kw + kx) * bytes, <usize>(tapY * kw) * bytes, <usize>tapX * bytes, ny, nx,
        channels, 0, 0, to + <usize>(row * w + ix) * bytes, 0,
      );
    }
  }
}

/**
 * Gradient of a depthwise convolution's weights, channels last, for blocks [begin, end) of 16 channels.
 * x: `[images][h][w][channels]`; grad: `[images][ho][wo][channels]`; sums: `[blocks][kh·kw][16]`, channels past the last meaningless.
 * Reads up to 60 bytes past the last pixel of both.
 */
export function depthwiseWeightGrad(
  begin: i32, end: i32, x: usize, images: i32, h: i32, w: i32, channels: i32, grad: usize, ho: i32, wo: i32,
  kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32, sums: usize,
): void {
  const bytes = <usize>channels << 2;
  const taps = kh * kw;
  for (let b = begin; b < end; b++) {
    const own = sums + (<usize>(b * taps) << 6);
    memory.fill(own, 0, <usize>taps << 6);
    const shift = <usize>(b * BLOCK) << 2;
    for (let i = 0; i < images; i++) {
      const xi = x + shift + <usize>(i * h * w) * bytes;
      const gi = grad + shift + <usize>(i * ho * wo) * bytes;
      for (let ky = 0; ky < kh; ky++) {
        // Output rows whose tap lies inside the map.
        const above = py - ky * dy;
        const oy0 = above > 0 ? (above + sy - 1) / sy : 0;
        const oy1 = h - 1 + above >= 0 ? min(ho, (h - 1 + above) / sy + 1) : 0;
        for (let kx = 0; kx < kw; kx++) {
          const before = px - kx * dx;
          const ox0 = before > 0 ? (before + sx - 1) / sx : 0;
          const ox1 = w - 1 + before >= 0 ? min(wo, (w - 1 + before) / sx + 1) : 0;
          const sum = own + (<usize>(ky * kw + kx) << 6);
          let s0 = v128.load(sum), s1 = v128.load(sum, 16), s2 = v128.load(sum, 32), s3 = v128.load(sum, 48);
          for (let oy = oy0; oy < oy1; oy++) {
            let p = xi + <usize>((oy * sy - above) * w + ox0 * sx - before) * bytes;
            let q = gi + <usize>(oy * wo + ox0) * bytes;
            for (let ox = ox0; ox < ox1; ox++) {
              s0 = f32x4.add(s0, f32x4.mul(v128.load(p), v128.load(q)));
              s1 = f32x4.add(s1, f32x4.mul(v128.load(p, 16), v128.load(q, 16)));
              s2 = f32x4.add(s2, f32x4.mul(v128.load(p, 32), v128.load(q, 32)));
              s3 = f32x4.add(s3, f32x4.mul(v128.load(p, 48), v128.load(q, 48)));
              p += <usize>sx * bytes;
              q += bytes;
            }
          }
          v128.store(sum, s0);
          v128.store(sum, s1, 16);
          v128.store(sum, s2, 32);
          v128.store(sum, s3, 48);
        }
      }
    }
  }
}

/** Channels [begin, end): sums of `depthwiseWeightGrad` to weights `[channels][taps]`. */
export function unpackDepthwise(begin: i32, end: i32, taps: i32, sums: usize, to: usize): void {
  for (let c = begin; c < end; c++) {
    const block = c / BLOCK;
    const from = sums + (<usize>(block * taps) << 6) + (<usize>(c - block * BLOCK) << 2);
    for (let t = 0; t < taps; t++) store<f32>(to + (<usize>(c * taps + t) << 2), load<f32>(from + (<usize>t << 6)));
  }
}
