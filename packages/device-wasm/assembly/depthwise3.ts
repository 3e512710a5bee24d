import { madd } from './gemm-tile';

// Inner pixels of 3×3 depthwise convolutions, the most frequent kind: four channels at a time with their weights in registers, along a
// row. That saves the loads and the loop of every tap: 1.7 times the speed of the general way.

/**
 * Four channels of `count` neighbouring output pixels with all three kernel columns and `lines` (2 or 3) kernel rows.
 * x: first tap of the first pixel; xRow, xTap: bytes from tap to tap; xStep, yStep: from pixel to pixel; w: first used tap's weights,
 * `wTap` bytes from tap to tap; bias and r (residual, strides of y) may be 0; results are clamped from below by `low`.
 */
export function depthwise3(
  count: i32, lines: i32, x: usize, xRow: usize, xTap: usize, xStep: usize, w: usize, wTap: usize, bias: usize,
  r: usize, y: usize, yStep: usize, low: f32,
): void {
  const lo = f32x4.splat(low);
  const b = bias ? v128.load(bias) : f32x4.splat(0);
  let x1 = x + xRow;
  const w00 = v128.load(w), w01 = v128.load(w + wTap), w02 = v128.load(w + 2 * wTap);
  w += 3 * wTap;
  const w10 = v128.load(w), w11 = v128.load(w + wTap), w12 = v128.load(w + 2 * wTap);
  if (lines == 2) {
    for (; count > 0; count--) {
      let s = madd(b, v128.load(x), w00);
      s = madd(s, v128.load(x + xTap), w01);
      s = madd(s, v128.load(x + 2 * xTap), w02);
      s = madd(s, v128.load(x1), w10);
      s = madd(s, v128.load(x1 + xTap), w11);
      s = madd(s, v128.load(x1 + 2 * xTap), w12);
      if (r) {
        s = f32x4.add(s, v128.load(r));
        r += yStep;
      }
      v128.store(y, f32x4.pmax(s, lo));
      x += xStep;
      x1 += xStep;
      y += yStep;
    }
    return;
  }
  let x2 = x1 + xRow;
  w += 3 * wTap;
  const w20 = v128.load(w), w21 = v128.load(w + wTap), w22 = v128.load(w + 2 * wTap);
  for (; count > 0; count--) {
    let s = madd(b, v128.load(x), w00);
    s = madd(s, v128.load(x + xTap), w01);
    s = madd(s, v128.load(x + 2 * xTap), w02);
    s = madd(s, v128.load(x1), w10);
    s = madd(s, v128.load(x1 + xTap), w11);
    s = madd(s, v128.load(x1 + 2 * xTap), w12);
    s = madd(s, v128.load(x2), w20);
    s = madd(s, v128.load(x2 + xTap), w21);
    s = madd(s, v128.load(x2 + 2 * xTap), w22);
    if (r) {
      s = f32x4.add(s, v128.load(r));
      r += yStep;
    }
    v128.store(y, f32x4.pmax(s, lo));
    x += xStep;
    x1 += xStep;
    x2 += xStep;
    y += yStep;
  }
}
