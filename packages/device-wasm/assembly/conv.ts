import { convRow } from './conv-direct';
import { convGather } from './conv-gather';

/** Patches gathered for one product: enough that its blocks of 4 rows run full, few enough that they stay in the cache. */
const PATCHES: i32 = 48;
/** Output rows swept with one panel in the first-level cache; their input rows stay in the second level meanwhile. */
const ROWS: i32 = 8;
/** Panels longer than this do not fit the first-level cache; the GEMM cuts them into stretches, the direct way does not. */
const DEPTH: i32 = 1024;

/** How many patches the scratch of `conv` must hold. */
export function convPatches(wo: i32): i32 {
  return wo > 0 ? (PATCHES + wo - 1) / wo * wo : PATCHES;
}

/**
 * Convolution, channels last, for output rows [begin, end) of images·ho: y = act(x∗w + bias + r).
 * Pixels whose taps all exist and lie in runs are convolved where they lie. The others (side borders; all of them when taps are
 * dilated, channels grouped or products deep) are gathered for the GEMM, a column or a few rows at a time.
 *
 * x: `[images][h][w][groups·cin]`, contiguous. panels: from packConv, `groups` times ceil(n/8). y and r (or 0):
 * `[images][ho][wo][groups·n]`. scratch: `slot` bytes for every `grain` rows of the index space, each at least
 * convPatches(wo)·kh·kw·cin·4 + 16; the range that begins at row i uses slot i/grain.
 */
export function conv(
  begin: i32, end: i32, x: usize, h: i32, w: i32, cin: i32, groups: i32, panels: usize, n: i32, bias: usize, r: usize,
  y: usize, ho: i32, wo: i32, kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, dx: i32, act: i32,
  scratch: usize, slot: usize, grain: i32,
): void {
  const patch = scratch + <usize>(begin / grain) * slot;
  // Columns [inner0, inner1) are convolved directly.
  let inner0 = wo, inner1 = wo;
  if (dx == 1 && groups == 1 && w + px >= kw && kh * kw * cin <= DEPTH) {
    inner0 = (px + sx - 1) / sx;
    inner1 = min(wo, (w + px - kw) / sx + 1);
  }
  if (inner0 >= inner1) {
    const step = convPatches(wo) / wo;
    for (let row = begin; row < end; row += step) {
      convGather(
        row, min(step, end - row), 0, wo, x, h, w, cin, groups, panels, n, bias, r, y, ho, wo, kh, kw, sy, sx, py, px, dy, dx, act,
        patch,
      );
    }
    return;
  }
  for (let row = begin; row < end; row += ROWS) {
    inner(row, min(row + ROWS, end), inner0, inner1, x, h, w, cin, panels, n, bias, r, y, ho, wo, kh, kw, sy, sx, py, px, dy, act);
  }
  for (let ox = 0; ox < wo; ox++) {
    if (ox == inner0) ox = inner1;
    if (ox == wo) break;
    for (let row = begin; row < end; row += PATCHES) {
      convGather(
        row, min(PATCHES, end - row), ox, 1, x, h, w, cin, 1, panels, n, bias, r, y, ho, wo, kh, kw, sy, sx, py, px, dy, 1, act, patch,
      );
    }
  }
}

/** Columns [inner0, inner1) of output rows [begin, end), panel by panel. Kernel rows outside the map are skipped. */
function inner(
  begin: i32, end: i32, inner0: i32, inner1: i32, x: usize, h: i32, w: i32, cin: i32, panels: usize, n: i32, bias: usize, r: usize,
  y: usize, ho: i32, wo: i32, kh: i32, kw: i32, sy: i32, sx: i32, py: i32, px: i32, dy: i32, act: i32,
): void {
  const xPixel = <usize>cin << 2;
  const yPixel = <usize>n << 2;
  const run = kw * cin;
  const panel = <usize>(kh * run) << 5;
  for (let p = 0; p << 3 < n; p++) {
    const shift = <usize>p << 5;
    for (let row = begin; row < end; row++) {
      const image = row / ho;
      const iy = (row - image * ho) * sy - py;
      const ky0 = iy < 0 ? (dy - 1 - iy) / dy : 0;
      const ky1 = min(kh, iy < h ? (h - 1 - iy) / dy + 1 : 0);
      const to = <usize>(row * wo + inner0) * yPixel + shift;
      convRow(
        inner1 - inner0,
        x + <usize>((image * h + iy + ky0 * dy) * w + inner0 * sx - px) * xPixel, <usize>sx * xPixel,
        ky1 - ky0, run, <usize>(dy * w) * xPixel, panels + <usize>p * panel + (<usize>(ky0 * run) << 5),
        y + to, yPixel, r ? r + to : 0, bias ? bias + shift : 0, min(n - (p << 3), 8), act,
      );
    }
  }
}
