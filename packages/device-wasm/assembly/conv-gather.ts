import { gemmBlock } from './gemm';

/** Copies `count` floats in fours: up to 12 bytes more are read and written than asked. */
@inline
function copyLoose(to: usize, from: usize, count: i32): void {
  for (; count > 0; count -= 4) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
}

@inline
function zeroLoose(to: usize, count: i32): void {
  for (; count > 0; count -= 4) {
    v128.store(to, f32x4.splat(0));
    to += 16;
  }
}

/**
 * Writes the patch `[kh][kw][cin]` of one output pixel to `to`; up to 12 bytes beyond it are overwritten.
 * `x`: the image's first channel of the group; a pixel has `xPixel` bytes; (iy, ix) is the first tap, perhaps outside the map.
 */
function gather(
  to: usize, x: usize, xPixel: usize, h: i32, w: i32, cin: i32, kh: i32, kw: i32, dy: i32, dx: i32, iy: i32, ix: i32,
): void {
  const tap = <usize>cin << 2;
  // Taps of a kernel row that lie side by side in memory are one run.
  const whole = dx == 1 && tap == xPixel && ix >= 0 && ix + kw <= w;
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
    to += tap * <usize>kw;
  }
}

/**
 * Convolves output columns [ox, ox + columns) of output rows [row, row + rows), which may span images: gathers their patches
 * into `patch` and multiplies. `columns` is 1 or all of them, for then the results lie at one distance. Arguments as in conv.
 */
export function convGather(
  row: i32, rows: i32, ox: i32, columns: i32, x: usize, h: i32, w: i32, cin: i32, groups: i32, panels: usize, n: i32, bias: usize,
  r: usize, y: usize, ho: i32, wo: i32, kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32, act: i32,
  patch: usize,
): void {
  const k = kh * kw * cin;
  const xPixel = <usize>(groups * cin) << 2;
  const yPixel = <usize>(groups * n) << 2;
  const yStep = columns == 1 ? <usize>wo * yPixel : yPixel;
  const perGroup = (n + 7) >> 3;
  for (let g = 0; g < groups; g++) {
    let to = patch;
    for (let i = row; i < row + rows; i++) {
      const image = i / ho;
      const iy = (i - image * ho) * sy - py;
      const xi = x + <usize>(image * h * w) * xPixel + (<usize>(g * cin) << 2);
      for (let j = ox; j < ox + columns; j++) {
        gather(to, xi, xPixel, h, w, cin, kh, kw, dy, dx, iy, j * sx - px);
        to += <usize>k << 2;
      }
    }
    const shift = <usize>(row * wo + ox) * yPixel + (<usize>(g * n) << 2);
    gemmBlock(
      0, rows * columns, 0, perGroup, n, k, patch, <usize>k << 2, 0, panels + ((<usize>(g * perGroup) * <usize>k) << 5),
      y + shift, yStep, 0, bias ? bias + (<usize>(g * n) << 2) : 0, 0, r ? r + shift : 0, yStep, 1, act,
    );
  }
}
