import { activateRow } from './activation';
import { biasHigh, biasLow, finish, madd } from './gemm-tile';

// Dense convolution without gathering: where all taps of a pixel exist, its patch is `lines` runs of `run` floats, one per kernel
// row, and the register blocks of the GEMM read them where they lie. Pixel i of a block starts `step` bytes after pixel i − 1.

function tile4(
  a: usize, step: usize, lines: i32, run: i32, pitch: usize, pb: usize, c: usize, ldc: usize, r: usize, bias: usize, cols: i32,
  low: f32,
): void {
  let a0 = a, a1 = a + step, a2 = a1 + step, a3 = a2 + step;
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00;
  const jump = pitch - (<usize>run << 2);
  for (; lines > 0; lines--) {
    for (let k = run; k > 0; k--) {
      const b0 = v128.load(pb);
      const b1 = v128.load(pb, 16);
      let s = v128.load32_splat(a0);
      x00 = madd(x00, s, b0);
      x01 = madd(x01, s, b1);
      s = v128.load32_splat(a1);
      x10 = madd(x10, s, b0);
      x11 = madd(x11, s, b1);
      s = v128.load32_splat(a2);
      x20 = madd(x20, s, b0);
      x21 = madd(x21, s, b1);
      s = v128.load32_splat(a3);
      x30 = madd(x30, s, b0);
      x31 = madd(x31, s, b1);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      pb += 32;
    }
    a0 += jump;
    a1 += jump;
    a2 += jump;
    a3 += jump;
  }
  const g = f32x4.splat(1), lo = f32x4.splat(low), h0 = biasLow(bias), h1 = biasHigh(bias, cols);
  finish(0, x00, x01, cols, g, lo, h0, h1, 0, c, ldc, r, ldc, 0);
  finish(1, x10, x11, cols, g, lo, h0, h1, 0, c, ldc, r, ldc, 0);
  finish(2, x20, x21, cols, g, lo, h0, h1, 0, c, ldc, r, ldc, 0);
  finish(3, x30, x31, cols, g, lo, h0, h1, 0, c, ldc, r, ldc, 0);
}

function tile3(
  a: usize, step: usize, lines: i32, run: i32, pitch: usize, pb: usize, c: usize, ldc: usize, r: usize, bias: usize, cols: i32,
  low: f32,
): void {
  let a0 = a, a1 = a + step, a2 = a1 + step;
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00;
  const jump = pitch - (<usize>run << 2);
  for (; lines > 0; lines--) {
    for (let k = run; k > 0; k--) {
      const b0 = v128.load(pb);
      const b1 = v128.load(pb, 16);
      let s = v128.load32_splat(a0);
      x00 = madd(x00, s, b0);
      x01 = madd(x01, s, b1);
      s = v128.load32_splat(a1);
      x10 = madd(x10, s, b0);
      x11 = madd(x11, s, b1);
      s = v128.load32_splat(a2);
      x20 = madd(x20, s, b0);
      x21 = madd(x21, s, b1);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      pb += 32;
    }
    a0 += jump;
    a1 += jump;
    a2 += jump;
  }
  const g = f32x4.splat(1), lo = f32x4.splat(low), h0 = biasLow(bias), h1 = biasHigh(bias, cols);
  finish(0, x00, x01, cols, g, lo, h0, h1, 0, c, ldc, r, ldc, 0);
  finish(1, x10, x11, cols, g, lo, h0, h1, 0, c, ldc, r, ldc, 0);
  finish(2, x20, x21, cols, g, lo, h0, h1, 0, c, ldc, r, ldc, 0);
}

function tile1(
  a: usize, lines: i32, run: i32, pitch: usize, pb: usize, c: usize, r: usize, bias: usize, cols: i32, low: f32,
): void {
  let x0 = f32x4.splat(0);
  let x1 = x0;
  const jump = pitch - (<usize>run << 2);
  for (; lines > 0; lines--) {
    for (let k = run; k > 0; k--) {
      const s = v128.load32_splat(a);
      x0 = madd(x0, s, v128.load(pb));
      x1 = madd(x1, s, v128.load(pb, 16));
      a += 4;
      pb += 32;
    }
    a += jump;
  }
  const g = f32x4.splat(1), lo = f32x4.splat(low), h0 = biasLow(bias), h1 = biasHigh(bias, cols);
  finish(0, x0, x1, cols, g, lo, h0, h1, 0, c, 0, r, 0, 0);
}

/**
 * One panel of 8 output channels for `count` neighbouring pixels of one output row, as described above; act as in gemmBlock.
 * a: first tap of the first pixel; pitch: bytes from one input row to the next used one; ldc: bytes from pixel to pixel of c and r.
 */
export function convRow(
  count: i32, a: usize, step: usize, lines: i32, run: i32, pitch: usize, pb: usize, c: usize, ldc: usize, r: usize, bias: usize,
  cols: i32, act: i32,
): void {
  const low: f32 = act == 1 ? 0 : -Infinity;
  let p = c, left = count;
  while (left > 0) {
    // Fours and threes leave no short block; see gemmBlock.
    const size = left > 9 || left == 4 || left == 7 || left == 8 ? 4 : left > 2 ? 3 : 1;
    if (size == 4) tile4(a, step, lines, run, pitch, pb, p, ldc, r, bias, cols, low);
    else if (size == 3) tile3(a, step, lines, run, pitch, pb, p, ldc, r, bias, cols, low);
    else tile1(a, lines, run, pitch, pb, p, r, bias, cols, low);
    left -= size;
    a += <usize>size * step;
    p += <usize>size * ldc;
    if (r) r += <usize>size * ldc;
  }
  if (act > 1) {
    for (let i = 0; i < count; i++) activateRow(c + <usize>i * ldc, cols, act);
  }
}
