import { gemmBlock } from './gemm';

/** Output pixels multiplied at once: enough that the blocks of 4 rows run full, few enough that their patches stay in the cache. */
const PIXELS: i32 = 48;

/** How many patches the scratch of `convInputGrad` must hold. */
export function convGradPatches(wo: i32): i32 {
  return wo > 0 ? (PIXELS + wo - 1) / wo * wo : PIXELS;
}

/** to += from, `count` floats. */
@inline
function addRun(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
  for (; count > 0; count--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    to += 4;
    from += 4;
  }
}

/** Adds the patch `[kh][kw][cin]` of one output pixel where it came from; taps outside the map are dropped. */
function scatter(
  patch: usize, dx: usize, xPixel: usize, h: i32, w: i32, cin: i32, kh: i32, kw: i32, dy: i32, dilationX: i32, iy: i32, ix: i32,
): void {
  const tap = <usize>cin << 2;
  const whole = dilationX == 1 && tap == xPixel && ix >= 0 && ix + kw <= w;
  for (let ky = 0; ky < kh; ky++) {
    const yy = iy + ky * dy;
    if (yy >= 0 && yy < h) {
      const to = dx + <usize>(yy * w + ix) * xPixel;
      if (whole) addRun(to, patch, kw * cin);
      else {
        for (let kx = 0; kx < kw; kx++) {
          const xx = ix + kx * dilationX;
          if (xx >= 0 && xx < w) addRun(to + <usize>(kx * dilationX) * xPixel, patch + <usize>kx * tap, cin);
        }
      }
    }
    patch += tap * <usize>kw;
  }
}

/**
 * Images [begin, end) of the gradient of a convolution's input, channels last: each output pixel's gradient times the weights gives the
 * gradient of its patch, and patches are added up where they overlap. Work is that of the convolution, whatever stride and dilation.
 *
 * grad: `[images][ho][wo][groups·n]`. panels: per group the weights as a matrix `[n][kh·kw·cin]`, packed by packRows. dx:
 * `[images][h][w][groups·cin]`. scratch: `slot` bytes per `grain` images, each at least convGradPatches(wo)·kh·kw·cin·4.
 */
export function convInputGrad(
  begin: i32, end: i32, grad: usize, n: i32, groups: i32, panels: usize, h: i32, w: i32, cin: i32, ho: i32, wo: i32,
  kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dilationX: i32, dx: usize, scratch: usize, slot: usize, grain: i32,
): void {
  const patches = scratch + <usize>(begin / grain) * slot;
  const k = kh * kw * cin;
  const perGroup = (k + 7) >> 3;
  const xPixel = <usize>(groups * cin) << 2;
  const yPixel = <usize>(groups * n) << 2;
  const image = <usize>(h * w) * xPixel;
  const step = convGradPatches(wo) / wo;
  for (let i = begin; i < end; i++) {
    const to = dx + <usize>i * image;
    memory.fill(to, 0, image);
    for (let oy = 0; oy < ho; oy += step) {
      const pixels = min(step, ho - oy) * wo;
      const from = grad + <usize>((i * ho + oy) * wo) * yPixel;
      for (let g = 0; g < groups; g++) {
        gemmBlock(
          0, pixels, 0, perGroup, k, n, from + (<usize>(g * n) << 2), yPixel, 0, panels + ((<usize>(g * perGroup) * <usize>n) << 5),
          patches, <usize>k << 2, 0, 0, 0, 0, 0, 1, 0,
        );
        for (let p = 0; p < pixels; p++) {
          const y = p / wo;
          scatter(
            patches + (<usize>(p * k) << 2), to + (<usize>(g * cin) << 2), xPixel, h, w, cin, kh, kw, dy, dilationX,
            (oy + y) * sy - py, (p - y * wo) * sx - px,
          );
        }
      }
    }
  }
}
