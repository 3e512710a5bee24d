import { gemmBlock } from './gemm';

/** Patch rows gathered for one GEMM: enough that its blocks of 4 rows run full, few enough that they stay in the cache. */
const PATCHES: i32 = 48;

/** Output rows gathered at once; the host sizes the scratch of `conv` with it. */
export function convRowsPerStep(wo: i32): i32 {
  return wo > 0 ? (PATCHES + wo - 1) / wo : 1;
}

/** Copies `count` floats in fours: up to 12 bytes more are read and written than asked. */
// @ts-ignore: decorator
@inline
function copyLoose(to: usize, from: usize, count: i32): void {
  for (; count > 0; count -= 4) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
}

// @ts-ignore: decorator
@inline
function zeroLoose(to: usize, count: i32): void {
  for (; count > 0; count -= 4) {
    v128.store(to, f32x4.splat(0));
    to += 16;
  }
}

/**
 * Writes the patches `[wo][kh][kw][cin]` of one output row to `to`; up to 12 bytes beyond them are overwritten.
 * `x` is the image's first channel of the group, a pixel has `xPixel` bytes; iy is the (perhaps outside) input row of the first tap.
 */
function gather(
  to: usize, x: usize, xPixel: usize, h: i32, w: i32, cin: i32, wo: i32, kh: i32, kw: i32, sx: i32, px: i32, dy: i32, dx: i32,
  iy: i32,
): void {
  const tap = <usize>cin << 2;
  const line = tap * <usize>kw;
  // Taps of a kernel row that lie side by side in memory are one run.
  const dense = dx == 1 && tap == xPixel;
  for (let ox = 0; ox < wo; ox++) {
    const ix = ox * sx - px;
    const whole = dense && ix >= 0 && ix + kw <= w;
    for (let ky = 0; ky < kh; ky++) {
      const yy = iy + ky * dy;
      const from = x + <usize>(yy * w + ix) * xPixel;
      if (yy < 0 || yy >= h) zeroLoose(to, kw * cin);
      else if (whole) copyLoose(to, from, kw * cin);
      else {
        for (let kx = 0; kx < kw; kx++) {
          const xx = ix + kx * dx;
          const at = to + <usize>kx * tap;
          if (xx < 0 || xx >= w) zeroLoose(at, cin);
          else copyLoose(at, from + <usize>(kx * dx) * xPixel, cin);
        }
      }
      to += line;
    }
  }
}

/**
 * Convolution, channels last, for output rows [begin, end) of images·ho: y = act(x∗w + bias + r).
 * Patches of a few output rows go to scratch, then through the GEMM; gathering costs a few per cent of the products.
 *
 * x: `[images][h][w][groups·cin]`, contiguous. panels: from packConv, `groups` times ceil(n/8). y and r (or 0):
 * `[images][ho][wo][groups·n]`. scratch: `slot` bytes for every `grain` rows of the index space, each at least
 * convRowsPerStep(wo)·wo·kh·kw·cin·4 + 16; the range that begins at row i uses slot i/grain.
 */
export function conv(
  begin: i32, end: i32, x: usize, h: i32, w: i32, cin: i32, groups: i32, panels: usize, n: i32, bias: usize, r: usize,
  y: usize, ho: i32, wo: i32, kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32, act: i32,
  scratch: usize, slot: usize, grain: i32,
): void {
  const patch = scratch + <usize>(begin / grain) * slot;
  const k = kh * kw * cin;
  const xPixel = <usize>(groups * cin) << 2;
  const yPixel = <usize>(groups * n) << 2;
  const groupPanels = (n + 7) >> 3;
  const step = convRowsPerStep(wo);
  for (let row = begin; row < end; row += step) {
    const rows = min(step, end - row);
    for (let g = 0; g < groups; g++) {
      for (let j = 0; j < rows; j++) {
        const image = (row + j) / ho;
        const oy = row + j - image * ho;
        const xi = x + <usize>(image * h * w) * xPixel + (<usize>(g * cin) << 2);
        gather(patch + ((<usize>(j * wo) * <usize>k) << 2), xi, xPixel, h, w, cin, wo, kh, kw, sx, px, dy, dx, oy * sy - py);
      }
      const shift = <usize>(row * wo) * yPixel + (<usize>(g * n) << 2);
      gemmBlock(
        0, rows * wo, 0, groupPanels, n, k, patch, <usize>k << 2, 0, panels + ((<usize>(g * groupPanels) * <usize>k) << 5),
        y + shift, yPixel, 0, bias ? bias + (<usize>(g * n) << 2) : 0, 0, r ? r + shift : 0, yPixel, 1, act,
      );
    }
  }
}

/** out = x·gate for rows [begin, end) of `[images·pixels][channels]`, gate `[images][channels]`: squeeze-and-excitation's last step. */
export function gateRows(begin: i32, end: i32, x: usize, gate: usize, out: usize, pixels: i32, channels: i32): void {
  const bytes = <usize>channels << 2;
  for (let i = begin; i < end; i++) {
    const shift = <usize>i * bytes;
    const g = gate + <usize>(i / pixels) * bytes;
    let c: usize = 0;
    for (; c + 16 <= bytes; c += 16) v128.store(out + shift + c, f32x4.mul(v128.load(x + shift + c), v128.load(g + c)));
    for (; c < bytes; c += 4) store<f32>(out + shift + c, load<f32>(x + shift + c) * load<f32>(g + c));
  }
}
