import { RELU, activate4, storeFirst } from './activation';

/**
 * Depthwise convolution, channels last, for output rows [begin, end) of images·ho:
 * y = act(Σ x·w + bias + r). Taps outside the map are skipped, so padding is never read.
 *
 * x: `[images][h][w][channels]` at any strides (bytes), so that windows and column ranges of a larger map work. y and the optional
 * residual r: `[images][ho][wo][channels]` at the strides of y. w: `[kh·kw][channels]`. bias: `[channels]` or 0.
 * Sixteen channels at a time keep loads, products and sums in balance with the loop's own cost.
 */
export function depthwise(
  begin: i32, end: i32, x: usize, xImage: usize, xRow: usize, xPixel: usize, h: i32, w: i32, channels: i32,
  y: usize, yImage: usize, yRow: usize, yPixel: usize, ho: i32, wo: i32, r: usize, weights: usize, bias: usize,
  kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32, act: i32,
): void {
  const wTap = <usize>channels << 2;
  for (let row = begin; row < end; row++) {
    const image = row / ho;
    const oy = row - image * ho;
    const iy = oy * sy - py;
    // First and one-past-last tap whose input row exists.
    const ky0 = iy < 0 ? (dy - 1 - iy) / dy : 0;
    const ky1 = min(kh, iy < h ? (h - 1 - iy) / dy + 1 : 0);
    const xi = x + <usize>image * xImage;
    const yi = y + <usize>image * yImage + <usize>oy * yRow;
    for (let ox = 0; ox < wo; ox++) {
      const ix = ox * sx - px;
      const kx0 = ix < 0 ? (dx - 1 - ix) / dx : 0;
      const kx1 = min(kw, ix < w ? (w - 1 - ix) / dx + 1 : 0);
      const xp = xi + <usize>(iy + ky0 * dy) * xRow + <usize>(ix + kx0 * dx) * xPixel;
      const wp = weights + <usize>(ky0 * kw + kx0) * wTap;
      const yp = yi + <usize>ox * yPixel;
      const rp = r ? yp - y + r : 0;
      pixel(
        xp, xRow * <usize>dy, xPixel * <usize>dx, wp, wTap * <usize>kw, wTap, ky1 - ky0, kx1 - kx0, channels, bias, rp, yp, act,
      );
    }
  }
}

/** One output pixel: ny × nx taps from `x` and `w` on, all channels. */
function pixel(
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
