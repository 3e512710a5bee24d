import { RELU, activate4, activateRow, storeFirst } from './activation';
import { depthwise3 } from './depthwise3';

/** Output pixels that go through all channels before the next ones, so that their input rows stay in the first-level cache. */
const RUN: i32 = 16;
/** Fewer pixels than this do not repay loading the weights into registers. */
const SHORT: i32 = 4;

/**
 * Depthwise convolution, channels last, for output rows [begin, end) of images·ho:
 * y = act(Σ x·w + bias + r). Taps outside the map are skipped, so padding is never read.
 *
 * x: `[images][h][w][channels]` at any strides (bytes), so that windows and column ranges of a larger map work. y and the optional
 * residual r: `[images][ho][wo][channels]` at the strides of y. w: `[kh·kw][channels]`. bias: `[channels]` or 0.
 */
export function depthwise(
  begin: i32, end: i32, x: usize, xImage: usize, xRow: usize, xPixel: usize, h: i32, w: i32, channels: i32,
  y: usize, yImage: usize, yRow: usize, yPixel: usize, ho: i32, wo: i32, r: usize, weights: usize, bias: usize,
  kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32, act: i32,
): void {
  const wTap = <usize>channels << 2;
  const xLine = xRow * <usize>dy;
  const xTap = xPixel * <usize>dx;
  // Columns [inner0, inner1) of 3×3 kernels have a way of their own; none when the channels are no multiple of 4.
  let inner0 = wo, inner1 = wo;
  if (kh == 3 && kw == 3 && (channels & 3) == 0 && w - 1 - 2 * dx + px >= 0) {
    inner0 = (px + sx - 1) / sx;
    inner1 = min(wo, (w - 1 - 2 * dx + px) / sx + 1);
    if (inner0 + SHORT > inner1) inner0 = inner1 = wo;
  }
  for (let row = begin; row < end; row++) {
    const image = row / ho;
    const oy = row - image * ho;
    const iy = oy * sy - py;
    // First and one-past-last tap whose input row exists.
    const ky0 = iy < 0 ? (dy - 1 - iy) / dy : 0;
    const ky1 = min(kh, iy < h ? (h - 1 - iy) / dy + 1 : 0);
    const xi = x + <usize>image * xImage + <usize>(iy + ky0 * dy) * xRow;
    const yi = y + <usize>image * yImage + <usize>oy * yRow;
    const wi = weights + <usize>(ky0 * kw) * wTap;
    const fast = ky1 - ky0 >= 2;
    for (let ox = 0; ox < wo; ox++) {
      if (fast && ox == inner0) {
        run(
          inner0, inner1, ky1 - ky0, xi, xLine, xTap, xPixel, sx, px, wi, wTap, channels, bias, r ? yi - y + r : 0, yi, yPixel, act,
        );
        ox = inner1;
        if (ox == wo) break;
      }
      const ix = ox * sx - px;
      const kx0 = ix < 0 ? (dx - 1 - ix) / dx : 0;
      const kx1 = min(kw, ix < w ? (w - 1 - ix) / dx + 1 : 0);
      const yp = yi + <usize>ox * yPixel;
      pixel(
        xi + <usize>(ix + kx0 * dx) * xPixel, xLine, xTap, wi + <usize>kx0 * wTap, wTap * <usize>kw, wTap, ky1 - ky0, kx1 - kx0,
        channels, bias, r ? yp - y + r : 0, yp, act,
      );
    }
  }
}

/** Pixels [inner0, inner1) of an output row, all channels, by depthwise3. */
function run(
  inner0: i32, inner1: i32, lines: i32, x: usize, xLine: usize, xTap: usize, xPixel: usize, sx: i32, px: i32, w: usize, wTap: usize,
  channels: i32, bias: usize, r: usize, y: usize, yPixel: usize, act: i32,
): void {
  const low: f32 = act == RELU ? 0 : -Infinity;
  for (let ox = inner0; ox < inner1; ox += RUN) {
    const count = min(RUN, inner1 - ox);
    const xp = x + <usize>(ox * sx - px) * xPixel;
    const shift = <usize>ox * yPixel;
    for (let c: usize = 0; c < wTap; c += 16) {
      depthwise3(
        count, lines, xp + c, xLine, xTap, <usize>sx * xPixel, w + c, wTap, bias ? bias + c : 0, r ? r + shift + c : 0,
        y + shift + c, yPixel, low,
      );
    }
    if (act > RELU) {
      for (let i = 0; i < count; i++) activateRow(y + shift + <usize>i * yPixel, channels, act);
    }
  }
}

/**
 * One output pixel: ny × nx taps from `x` and `w` on, all channels.
 * Sixteen channels at a time keep loads, products and sums in balance with the loop's own cost.
 */
export function pixel(
  x: usize, xRow: usize, xTap: usize, w: usize, wRow: usize, wTap: usize, ny: i32, nx: i32, channels: i32,
  bias: usize, r: usize, y: usize, act: i32,
): void {
  // Clamping costs one instruction, so ReLU needs no branch; see gemm-tile.
  const lo = f32x4.splat(act == RELU ? 0 : -Infinity);
  let c = channels;
  for (; c >= 16; c -= 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    if (bias) {
      s0 = v128.load(bias);
      s1 = v128.load(bias, 16);
      s2 = v128.load(bias, 32);
      s3 = v128.load(bias, 48);
      bias += 64;
    }
    let xr = x, wr = w;
    for (let j = ny; j > 0; j--) {
      let xt = xr, wt = wr;
      for (let i = nx; i > 0; i--) {
        s0 = f32x4.add(s0, f32x4.mul(v128.load(xt), v128.load(wt)));
        s1 = f32x4.add(s1, f32x4.mul(v128.load(xt, 16), v128.load(wt, 16)));
        s2 = f32x4.add(s2, f32x4.mul(v128.load(xt, 32), v128.load(wt, 32)));
        s3 = f32x4.add(s3, f32x4.mul(v128.load(xt, 48), v128.load(wt, 48)));
        xt += xTap;
        wt += wTap;
      }
      xr += xRow;
      wr += wRow;
    }
    if (r) {
      s0 = f32x4.add(s0, v128.load(r));
      s1 = f32x4.add(s1, v128.load(r, 16));
      s2 = f32x4.add(s2, v128.load(r, 32));
      s3 = f32x4.add(s3, v128.load(r, 48));
      r += 64;
    }
    s0 = f32x4.pmax(s0, lo);
    s1 = f32x4.pmax(s1, lo);
    s2 = f32x4.pmax(s2, lo);
    s3 = f32x4.pmax(s3, lo);
    if (act > RELU) {
      s0 = activate4(s0, act);
      s1 = activate4(s1, act);
      s2 = activate4(s2, act);
      s3 = activate4(s3, act);
    }
    v128.store(y, s0);
    v128.store(y, s1, 16);
    v128.store(y, s2, 32);
    v128.store(y, s3, 48);
    x += 64;
    w += 64;
    y += 64;
  }
  for (; c > 0; c -= 4) {
    let s = bias ? v128.load(bias) : f32x4.splat(0);
    let xr = x, wr = w;
    for (let j = ny; j > 0; j--) {
      let xt = xr, wt = wr;
      for (let i = nx; i > 0; i--) {
        s = f32x4.add(s, f32x4.mul(v128.load(xt), v128.load(wt)));
        xt += xTap;
        wt += wTap;
      }
      xr += xRow;
      wr += wRow;
    }
    if (r) {
      s = f32x4.add(s, v128.load(r));
      r += 16;
    }
    s = f32x4.pmax(s, lo);
    if (act > RELU) s = activate4(s, act);
    if (c >= 4) v128.store(y, s);
    else storeFirst(y, s, c);
    if (bias) bias += 16;
    x += 16;
    w += 16;
    y += 16;
  }
}

/** Weights `[channels][taps]` to `[taps][channels]`, for channels [begin, end). */
export function packDepthwise(begin: i32, end: i32, channels: i32, taps: i32, w: usize, out: usize): void {
  for (let c = begin; c < end; c++) {
    for (let t = 0; t < taps; t++) {
      store<f32>(out + (<usize>(t * channels + c) << 2), load<f32>(w + (<usize>(c * taps + t) << 2)));
    }
  }
}
