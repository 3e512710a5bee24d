import { madd } from './gemm-tile';

// Gradient of a convolution's weights as an implicit product: its left rows, one per input channel and tap, are maps shifted by the tap,
// read where they lie; the right operand is the gradient of the output, packed by packPlanes with all pixels of the batch as rows.

/** Rows of the right operand in one go: a stretch of a panel stays in the first-level cache, and sums of its length are exact enough. */
const DEPTH: i32 = 192;

/**
 * 4 rows × 8 columns of C += A·B over `images` × `lines` × `run` pixels. a0 … a3: first pixels of the rows of A, `step` bytes from pixel
 * to pixel, `line` from line to line, `image` from image to image. c: rows `ldc` bytes apart, of which `rows` exist.
 */
function tile(
  a0: usize, a1: usize, a2: usize, a3: usize, images: i32, image: usize, lines: i32, line: usize, run: i32, step: usize,
  pb: usize, c: usize, ldc: usize, rows: i32,
): void {
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00;
  const toLine = line - <usize>run * step;
  const toImage = image - <usize>lines * line;
  for (; images > 0; images--) {
    for (let l = lines; l > 0; l--) {
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
        a0 += step;
        a1 += step;
        a2 += step;
        a3 += step;
        pb += 32;
      }
      a0 += toLine;
      a1 += toLine;
      a2 += toLine;
      a3 += toLine;
    }
    a0 += toImage;
    a1 += toImage;
    a2 += toImage;
    a3 += toImage;
  }
  addTo(c, x00, x01);
  if (rows > 1) addTo(c + ldc, x10, x11);
  if (rows > 2) addTo(c + 2 * ldc, x20, x21);
  if (rows > 3) addTo(c + 3 * ldc, x30, x31);
}

@inline
function addTo(p: usize, x0: v128, x1: v128): void {
  v128.store(p, f32x4.add(v128.load(p), x0));
  v128.store(p, f32x4.add(v128.load(p, 16), x1), 16);
}

/** Start of the plane of row `i`, a channel and a tap, in padded planes. */
@inline
function rowStart(x: usize, i: i32, plane: usize, kh: i32, kw: i32, wide: usize, dy: i32, dx: i32): usize {
  const taps = kh * kw;
  const channel = i / taps;
  const tap = i - channel * taps;
  const ky = tap / kw;
  return x + <usize>channel * plane + <usize>(ky * dy) * wide + (<usize>((tap - ky * kw) * dx) << 2);
}

/**
 * Blocks [begin, end) of 4 rows × 8 columns, columns outermost: C `[cin·kh·kw][8·panels]`, a row of C being one weight's gradient for all
 * outputs of the group. x: the group's planes `[cin][images][h][w]`, padding included. grad: `panels` of packPlanes, images·ho·wo long.
 */
export function convWeightGrad(
  begin: i32, end: i32, x: usize, images: i32, h: i32, w: i32, cin: i32, grad: usize, panels: i32, ho: i32, wo: i32,
  kh: i32, kw: i32, sy: i32, sx: i32, dy: i32, dx: i32, c: usize,
): void {
  const rows = cin * kh * kw;
  const tiles = (rows + 3) >> 2;
  const ldc = <usize>panels << 5;
  const wide = <usize>w << 2;
  const image = <usize>h * wide;
  const plane = <usize>images * image;
  const pixels = ho * wo;
  const panel = (<usize>images * <usize>pixels) << 5;
  for (let t = begin; t < end; t++) {
    const p = t / tiles;
    const to = c + <usize>((t - p * tiles) << 2) * ldc + (<usize>p << 5);
    for (let r = 0; r < min(4, rows - ((t - p * tiles) << 2)); r++) memory.fill(to + <usize>r * ldc, 0, 32);
  }
  // A stretch is some lines of one image, or some whole images.
  const lines = max(1, min(ho, DEPTH / wo));
  const together = lines < ho ? 1 : max(1, DEPTH / pixels);
  for (let i = 0; i < images; i += together) {
    const count = min(together, images - i);
    for (let oy = 0; oy < ho; oy += lines) {
      const part = min(lines, ho - oy);
      const from = x + <usize>i * image + <usize>(oy * sy) * wide;
      const pb = grad + (<usize>(i * pixels + oy * wo) << 5);
      for (let t = begin; t < end; t++) {
        const p = t / tiles;
        const r = (t - p * tiles) << 2;
        const a0 = rowStart(from, r, plane, kh, kw, wide, dy, dx);
        // Rows past the last are read as the last.
        const a1 = rowStart(from, min(r + 1, rows - 1), plane, kh, kw, wide, dy, dx);
        const a2 = rowStart(from, min(r + 2, rows - 1), plane, kh, kw, wide, dy, dx);
        const a3 = rowStart(from, min(r + 3, rows - 1), plane, kh, kw, wide, dy, dx);
        tile(
          a0, a1, a2, a3, count, image, part, <usize>sy * wide, wo, <usize>sx << 2, pb + <usize>p * panel,
          c + <usize>r * ldc + (<usize>p << 5), ldc, rows - r,
        );
      }
    }
  }
}
