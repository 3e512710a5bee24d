/**
 * Depthwise convolution, channels first, for planes [begin, end) of images·channels, no activation: y = Σ x·w + bias.
 * x: `[planes][h][w]`, weights: `[channels][kh·kw]`, bias: `[channels]` or 0, y: `[planes][ho][wo]`; all contiguous.
 * Four outputs of a row at a time where all their columns exist and the stride is 1 or 2; one at a time elsewhere.
 */
export function depthwisePlanes(
  begin: i32, end: i32, x: usize, h: i32, w: i32, channels: i32, y: usize, ho: i32, wo: i32, weights: usize, bias: usize,
  kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32,
): void {
  const taps = <usize>(kh * kw) << 2;
  const xRow = <usize>w << 2;
  // Outputs [inner0, inner1) see only existing columns.
  const inner0 = (px + sx - 1) / sx;
  const reach = w - 1 - (kw - 1) * dx + px;
  const inner1 = sx > 2 || reach < 0 ? 0 : min(wo, reach / sx + 1);
  for (let plane = begin; plane < end; plane++) {
    const channel = <usize>(plane % channels);
    const wp = weights + channel * taps;
    const b = bias ? load<f32>(bias + (channel << 2)) : 0;
    const xp = x + <usize>(plane * h) * xRow;
    let yp = y + (<usize>(plane * ho * wo) << 2);
    for (let oy = 0; oy < ho; oy++) {
      const iy = oy * sy - py;
      const ky0 = iy < 0 ? (dy - 1 - iy) / dy : 0;
      const ky1 = min(kh, iy < h ? (h - 1 - iy) / dy + 1 : 0);
      for (let ox = 0; ox < wo; ) {
        if (ox >= inner0 && ox + 4 <= inner1) {
          v128.store(yp, four(xp, xRow, iy, ox * sx - px, wp, ky0, ky1, kw, sx, dy, dx, b));
          yp += 16;
          ox += 4;
        } else {
          store<f32>(yp, one(xp, w, iy, ox * sx - px, wp, ky0, ky1, kw, dy, dx, b));
          yp += 4;
          ox++;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function four(
  x: usize, xRow: usize, iy: i32, ix: i32, weights: usize, ky0: i32, ky1: i32, kw: i32, sx: i32, dy: i32, dx: i32, b: f32,
): v128 {
  let sum = f32x4.splat(b);
  for (let ky = ky0; ky < ky1; ky++) {
    let p = x + <usize>(iy + ky * dy) * xRow + (<usize>ix << 2);
    let q = weights + (<usize>(ky * kw) << 2);
    for (let kx = kw; kx > 0; kx--) {
      let v = v128.load(p);
      if (sx == 2) v = v128.shuffle<i32>(v, v128.load(p, 16), 0, 2, 4, 6);
      sum = f32x4.add(sum, f32x4.mul(v, v128.load32_splat(q)));
      p += <usize>dx << 2;
      q += 4;
    }
  }
  return sum;
}

function one(
  x: usize, w: i32, iy: i32, ix: i32, weights: usize, ky0: i32, ky1: i32, kw: i32, dy: i32, dx: i32, b: f32,
): f32 {
  let sum = b;
  for (let ky = ky0; ky < ky1; ky++) {
    const p = x + (<usize>((iy + ky * dy) * w) << 2);
    for (let kx = 0; kx < kw; kx++) {
      const at = ix + kx * dx;
      if (at >= 0 && at < w) sum += load<f32>(p + (<usize>at << 2)) * load<f32>(weights + (<usize>(ky * kw + kx) << 2));
    }
  }
  return sum;
}
