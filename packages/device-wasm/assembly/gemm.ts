import { activateRow } from './activation';
import { vector4 } from './gemm-vector';
import { rowAt, tile1, tile2, tile3, tile4 } from './gemm-tile';

/** Rows of A kept hot while all panels pass by, so that A is read from the second-level cache at worst. */
const ROWS: i32 = 64;
/** Longest stretch of k in one go: a panel stretch of 16 KiB stays in the smallest first-level caches in use. */
const DEPTH: i32 = 512;

/** From this many rows on, the next panel is touched line by line; with fewer, that takes longer than it spares. */
const LINES_FROM: i32 = 24;

/**
 * Reads a word of every line or page of a panel whose turn comes soon: weights are seldom in the cache, and hardware fetches ahead
 * neither across pages nor address translations. The result keeps the compiler from dropping the reads; it means nothing.
 */
@inline
function touch(from: usize, end: usize, step: usize): i32 {
  let all: i32 = 0;
  for (; from < end; from += step) all |= load<i32>(from);
  return all;
}

/**
 * C = act(scale·A·B + bias + biasRow + residual) for rows [m0, m1) and panels [p0, p1), float32.
 *
 * A: row i at `a + i·lda` bytes, or `a + aRows[i]` with a table of i32 byte offsets (they wrap, so a row may lie anywhere, for
 * example a shared row of zeros). B: packed panels `[ceil(n/8)][k][8]`, see gemm-pack. C and residual: rows at `c + i·ldc` and
 * `r + i·ldr`, or `c + cRows[i]` and `r + cRows[i]`; a negative entry drops the row. `bias` [n], `biasRow` [m] and `r` may be 0
 * (none); `r` may equal `c`. `act`: see activation. Nothing is written outside the m×n elements of C.
 * What is returned has no meaning, see touch.
 */
export function gemmBlock(
  m0: i32, m1: i32, p0: i32, p1: i32, n: i32, k: i32, a: usize, lda: usize, aRows: usize, b: usize,
  c: usize, ldc: usize, cRows: usize, bias: usize, biasRow: usize, r: usize, ldr: usize, scale: f32, act: i32,
): i32 {
  let touched: i32 = 0;
  const panel = <usize>k << 5;
  let k0 = 0;
  do {
    const depth = min(k - k0, DEPTH);
    const last = k0 + depth == k;
    const low: f32 = last && act == 1 ? 0 : -Infinity;
    const first = k0 == 0;
    // After the first stretch C holds the partial sum, bias and residual included.
    const rBase = first ? r : c;
    const rStep = first ? ldr : ldc;
    const rowBias = first ? biasRow : 0;
    const ak = a + (<usize>k0 << 2);
    for (let i0 = m0; i0 < m1; i0 += ROWS) {
      const i1 = min(i0 + ROWS, m1);
      let p = p0;
      if (i1 - i0 == 1) {
        for (; p + 4 <= p1 && (p + 4) << 3 <= n; p += 4) {
          const shift = <usize>p << 5;
          vector4(
            i0, ak, lda, aRows, b + <usize>p * panel + (<usize>k0 << 5), panel, depth, c + shift, ldc, cRows,
            rBase ? rBase + shift : 0, rStep, first && bias ? bias + shift : 0, rowBias, scale, low,
          );
        }
      }
      for (; p < p1; p++) {
        const shift = <usize>p << 5;
        const pb = b + <usize>p * panel + (<usize>k0 << 5);
        const cols = min(n - (p << 3), 8);
        const cp = c + shift;
        const rp = rBase ? rBase + shift : 0;
        const bp = first && bias ? bias + shift : 0;
        let i = i0;
        // 4·x + 3·y rows leave no short block, whatever the count from 6 on: 3 rows run at the speed of 4.
        let left = i1 - i;
        // The part of a coming panel that is touched before each block of rows.
        const bytes = <usize>depth << 5;
        const byLine = left >= LINES_FROM;
        const part = byLine ? (bytes / <usize>(left >> 2) + 63) & ~63 : bytes;
        const ahead = byLine ? 1 : 2;
        let next = pb + <usize>ahead * panel;
        const stop = p + ahead < p1 ? next + bytes : next;
        for (; left > 9 || left == 4 || left == 7 || left == 8; left -= 4) {
          if (next < stop) {
            touched |= touch(next, min(next + part, stop), byLine ? 64 : 4096);
            next += part;
          }
          tile4(i, ak, lda, aRows, pb, depth, cp, ldc, cRows, rp, rStep, bp, rowBias, cols, scale, low);
          i += 4;
        }
        for (; left > 2; left -= 3) {
          tile3(i, ak, lda, aRows, pb, depth, cp, ldc, cRows, rp, rStep, bp, rowBias, cols, scale, low);
          i += 3;
        }
        if (left == 2) tile2(i, ak, lda, aRows, pb, depth, cp, ldc, cRows, rp, rStep, bp, rowBias, cols, scale, low);
        else if (left == 1) tile1(i, ak, lda, aRows, pb, depth, cp, ldc, cRows, rp, rStep, bp, rowBias, cols, scale, low);
      }
      if (last && act > 1) {
        const from = <usize>p0 << 5;
        const cols = min(n, p1 << 3) - (p0 << 3);
        for (let i = i0; i < i1; i++) {
          if (cRows == 0 || load<i32>(cRows + (<usize>i << 2)) >= 0) activateRow(rowAt(c + from, ldc, cRows, i), cols, act);
        }
      }
    }
    k0 += depth;
  } while (k0 < k);
  return touched;
}

/** `gemmBlock` on rows [begin, end), all columns: the split for more rows than columns. Use multiples of 4 as grain. */
export function gemm(
  begin: i32, end: i32, n: i32, k: i32, a: usize, lda: usize, aRows: usize, b: usize, c: usize, ldc: usize, cRows: usize,
  bias: usize, biasRow: usize, r: usize, ldr: usize, scale: f32, act: i32,
): i32 {
  return gemmBlock(begin, end, 0, (n + 7) >> 3, n, k, a, lda, aRows, b, c, ldc, cRows, bias, biasRow, r, ldr, scale, act);
}

/** `gemmBlock` on panels [begin, end) of 8 columns, all m rows: the split for more columns than rows. */
export function gemmPanels(
  begin: i32, end: i32, m: i32, n: i32, k: i32, a: usize, lda: usize, aRows: usize, b: usize, c: usize, ldc: usize, cRows: usize,
  bias: usize, biasRow: usize, r: usize, ldr: usize, scale: f32, act: i32,
): i32 {
  return gemmBlock(0, m, begin, end, n, k, a, lda, aRows, b, c, ldc, cRows, bias, biasRow, r, ldr, scale, act);
}
