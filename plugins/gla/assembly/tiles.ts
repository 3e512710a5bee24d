import { rowTile } from '../../../packages/device-wasm/assembly/gemm-rows';
import { madd, putPart } from '../../../packages/device-wasm/assembly/gemm-tile';

// Products with packed panels `[k][8]` (see gemm-pack), one panel and at most four rows at a time: the triangles here are cut that fine.

/**
 * Decayed values this small become 0: there is no flush-to-zero, and a product with a subnormal number costs a hundred cycles. NaN stays.
 */
@inline
function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1e-35)));
}

/** Ends one row of `turned`: adds r, multiplies by a number or by eight, stores the first `cols`. */
@inline
function finish(
  i: usize, x0: v128, x1: v128, r: usize, c: usize, ld: usize, cols: i32, byRow: usize, byLane: usize,
): void {
  x0 = f32x4.add(x0, v128.load(r + i * ld));
  if (cols > 4) x1 = f32x4.add(x1, v128.load(r + i * ld, 16));
  if (byRow) {
    const f = v128.load32_splat(byRow + (i << 2));
    x0 = flush(f32x4.mul(x0, f));
    x1 = flush(f32x4.mul(x1, f));
  } else if (byLane) {
    x0 = flush(f32x4.mul(x0, v128.load(byLane)));
    x1 = flush(f32x4.mul(x1, v128.load(byLane, 16)));
  }
  const p = c + i * ld;
  if (cols >= 8) {
    v128.store(p, x0);
    v128.store(p, x1, 16);
  } else putPart(p, x0, x1, cols);
}

/**
 * C rows 0 … rows - 1 = (R + Aᵀ·B) ⊙ factors, A given as k rows, lda bytes apart, of which the first `rows` columns are used. R and C
 * have rows ld bytes apart; at most 12 bytes past a row of R are read. `byRow`: a factor per row; `byLane`: eight, one per column; or 0.
 */
export function turned(
  rows: i32, a: usize, lda: usize, b: usize, k: i32, r: usize, c: usize, ld: usize, cols: i32, byRow: usize, byLane: usize,
): void {
  if (rows < 4) {
    for (let i = 0; i < rows; i++) turned1(i, a + (<usize>i << 2), lda, b, k, r, c, ld, cols, byRow, byLane);
    return;
  }
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00;
  for (; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    x00 = madd(x00, s, b0);
    x01 = madd(x01, s, b1);
    s = v128.load32_splat(a, 4);
    x10 = madd(x10, s, b0);
    x11 = madd(x11, s, b1);
    s = v128.load32_splat(a, 8);
    x20 = madd(x20, s, b0);
    x21 = madd(x21, s, b1);
    s = v128.load32_splat(a, 12);
    x30 = madd(x30, s, b0);
    x31 = madd(x31, s, b1);
    a += lda;
    b += 32;
  }
  finish(0, x00, x01, r, c, ld, cols, byRow, byLane);
  finish(1, x10, x11, r, c, ld, cols, byRow, byLane);
  finish(2, x20, x21, r, c, ld, cols, byRow, byLane);
  finish(3, x30, x31, r, c, ld, cols, byRow, byLane);
}

function turned1(
  i: usize, a: usize, lda: usize, b: usize, k: i32, r: usize, c: usize, ld: usize, cols: i32, byRow: usize, byLane: usize,
): void {
  let x0 = f32x4.splat(0), x1 = x0;
  for (; k > 0; k--) {
    const s = v128.load32_splat(a);
    x0 = madd(x0, s, v128.load(b));
    x1 = madd(x1, s, v128.load(b, 16));
    a += lda;
    b += 32;
  }
  finish(i, x0, x1, r, c, ld, cols, byRow, byLane);
}

/**
 * Lower triangle of A·Bᵀ, n×n: A has n rows of k numbers, B is packed in panels of eight of its rows. Written are the blocks of four rows and
 * eight columns that touch the triangle; above the diagonal, zeros stand where a block of four on the diagonal is read.
 */
export function triangle(n: i32, k: i32, a: usize, lda: usize, b: usize, c: usize, ldc: usize): void {
  for (let j = 0; j < n; j += 8) {
    for (let i = j; i < n; i += 4) rowTile(i, n - i, a, lda, b, k, c + (<usize>j << 2), ldc, 0, 0, 8, 1);
    b += <usize>k << 5;
  }
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j <= (i | 3); j++) store<f32>(c + <usize>i * ldc + (<usize>j << 2), 0);
  }
}
