import { packRows } from './gemm-pack';
import { finish, madd } from './gemm-tile';

// C = Aᵀ·B with A stored `[k][m]`: gradients of weights, where k, all rows of a batch, is long and C small. Both operands are packed a
// stretch of k at a time, so that the packed forms never leave the second-level cache.

/** Longest stretch of k. */
const DEPTH: i32 = 256;
/** Rows of C per block: their stretch of A, packed, stays beside a panel of B. */
const ROWS: i32 = 64;

/** Bytes of the packed rows that precede the panels of B in a slot of scratch. */
const LEFT: usize = <usize>(ROWS * DEPTH) << 2;

/** Bytes of scratch that one range of `gemmTurned` needs. */
export function turnedBytes(n: i32, k: i32): usize {
  return LEFT + ((<usize>((n + 7) >> 3) * <usize>min(k, DEPTH)) << 5);
}

/** `depth` rows `[..][m]` from column `i` on as blocks `[ceil(rows/4)][depth][4]`; columns past `rows` are zeros. */
function packLeft(i: i32, rows: i32, depth: i32, a: usize, lda: usize, to: usize): void {
  const block = <usize>depth << 4;
  const from = a + (<usize>i << 2);
  const whole = rows >> 2;
  let k = 0;
  // Four steps at a time fill a cache line: the blocks lie a multiple of the page apart and would drive each other's lines out.
  for (; k + 4 <= depth; k += 4) {
    let p = from + <usize>k * lda;
    let q = to + (<usize>k << 4);
    for (let b = whole; b > 0; b--) {
      v128.store(q, v128.load(p));
      v128.store(q, v128.load(p + lda), 16);
      v128.store(q, v128.load(p + 2 * lda), 32);
      v128.store(q, v128.load(p + 3 * lda), 48);
      p += 16;
      q += block;
    }
  }
  for (; k < depth; k++) {
    let p = from + <usize>k * lda;
    let q = to + (<usize>k << 4);
    for (let b = whole; b > 0; b--) {
      v128.store(q, v128.load(p));
      p += 16;
      q += block;
    }
  }
  if (rows & 3) {
    const p = from + (<usize>whole << 4);
    const q = to + <usize>whole * block;
    for (k = 0; k < depth; k++) {
      for (let j = 0; j < 4; j++) {
        store<f32>(q + (<usize>(4 * k + j) << 2), j < (rows & 3) ? load<f32>(p + <usize>k * lda + (<usize>j << 2)) : 0);
      }
    }
  }
}

/** 4 rows × 8 columns over `k` steps of a packed block and a panel; `first` overwrites C, else it is added to. `rows` of C exist. */
function tile(a: usize, pb: usize, k: i32, c: usize, ldc: usize, first: bool, rows: i32, cols: i32): void {
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00;
  for (; k > 0; k--) {
    const b0 = v128.load(pb);
    const b1 = v128.load(pb, 16);
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
    a += 16;
    pb += 32;
  }
  const one = f32x4.splat(1), low = f32x4.splat(-Infinity), zero = f32x4.splat(0);
  const r = first ? 0 : c;
  finish(0, x00, x01, cols, one, low, zero, zero, 0, c, ldc, r, ldc, 0);
  if (rows > 1) finish(1, x10, x11, cols, one, low, zero, zero, 0, c, ldc, r, ldc, 0);
  if (rows > 2) finish(2, x20, x21, cols, one, low, zero, zero, 0, c, ldc, r, ldc, 0);
  if (rows > 3) finish(3, x30, x31, cols, one, low, zero, zero, 0, c, ldc, r, ldc, 0);
}

/**
 * Blocks [begin, end) of 64 rows of C `[m][n]` = Aᵀ·B, A `[k][m]` and B `[k][n]`, all contiguous. scratch: `slot` bytes (turnedBytes) per
 * `grain` blocks, 16-byte aligned; the range that begins at block i uses slot i/grain.
 */
export function gemmTurned(
  begin: i32, end: i32, m: i32, n: i32, k: i32, a: usize, b: usize, c: usize, scratch: usize, slot: usize, grain: i32,
): void {
  const left = scratch + <usize>(begin / grain) * slot;
  const right = left + LEFT;
  const panels = (n + 7) >> 3;
  const lda = <usize>m << 2;
  const ldb = <usize>n << 2;
  let k0 = 0;
  do {
    const depth = min(k - k0, DEPTH);
    packRows(0, panels, n, depth, b + <usize>k0 * ldb, ldb, right);
    for (let block = begin; block < end; block++) {
      const i0 = block * ROWS;
      const rows = min(ROWS, m - i0);
      packLeft(i0, rows, depth, a + <usize>k0 * lda, lda, left);
      for (let p = 0; p < panels; p++) {
        const pb = right + ((<usize>p * <usize>depth) << 5);
        const cols = min(n - (p << 3), 8);
        for (let i = 0; i < rows; i += 4) {
          tile(
            left + ((<usize>i * <usize>depth) << 2), pb, depth, c + <usize>(i0 + i) * ldb + (<usize>p << 5), ldb, k0 == 0,
            rows - i, cols,
          );
        }
      }
    }
    k0 += depth;
  } while (k0 < k);
}
