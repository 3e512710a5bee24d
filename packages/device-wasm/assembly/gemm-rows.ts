import { madd, putPart, tile1, tile2, tile3, tile4 } from './gemm-tile';

// Products with one packed panel (see gemm-pack), a few rows at a time: what fused kernels build their blocks from.

/** How many of the next `left` rows to take together: 3 rows run at the speed of 4, while 1 and 2 do not. */
@inline
export function tileRows(left: i32): i32 {
  return left > 9 || left == 4 || left == 7 || left == 8 ? 4 : min(left, 3);
}

/** C rows i … i + min(rows, 4) - 1 = scale·A·B + R; rows of A, C and R are lda, ldc and ldr bytes apart, r may be 0 and may equal c. */
export function rowTile(
  i: i32, rows: i32, a: usize, lda: usize, b: usize, k: i32, c: usize, ldc: usize, r: usize, ldr: usize, cols: i32, scale: f32,
): void {
  if (rows >= 4) tile4(i, a, lda, 0, b, k, c, ldc, 0, r, ldr, 0, 0, cols, scale, -Infinity);
  else if (rows == 3) tile3(i, a, lda, 0, b, k, c, ldc, 0, r, ldr, 0, 0, cols, scale, -Infinity);
  else if (rows == 2) tile2(i, a, lda, 0, b, k, c, ldc, 0, r, ldr, 0, 0, cols, scale, -Infinity);
  else tile1(i, a, lda, 0, b, k, c, ldc, 0, r, ldr, 0, 0, cols, scale, -Infinity);
}

/** c += scale·(x0, x1), the first `cols` of 8; at most 12 bytes further are read. */
@inline
function addRow(c: usize, x0: v128, x1: v128, cols: i32, scale: v128): void {
  const y0 = f32x4.add(v128.load(c), f32x4.mul(x0, scale));
  const y1 = cols > 4 ? f32x4.add(v128.load(c, 16), f32x4.mul(x1, scale)) : x1;
  if (cols >= 8) {
    v128.store(c, y0);
    v128.store(c, y1, 16);
  } else putPart(c, y0, y1, cols);
}

/**
 * C rows 0 … rows - 1 (at most 4) += scale·Aᵀ·B. A has k rows, lda bytes apart, of which the first `rows` numbers are used; B is a packed
 * panel; rows of C are ldc bytes apart.
 */
export function turnedTile(rows: i32, a: usize, lda: usize, b: usize, k: i32, c: usize, ldc: usize, cols: i32, factor: f32): void {
  const scale = f32x4.splat(factor);
  if (rows < 4) {
    for (; rows > 0; rows--) {
      turnedRow(a, lda, b, k, c, cols, scale);
      a += 4;
      c += ldc;
    }
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
  addRow(c, x00, x01, cols, scale);
  addRow(c + ldc, x10, x11, cols, scale);
  addRow(c + 2 * ldc, x20, x21, cols, scale);
  addRow(c + 3 * ldc, x30, x31, cols, scale);
}

function turnedRow(a: usize, lda: usize, b: usize, k: i32, c: usize, cols: i32, scale: v128): void {
  let x0 = f32x4.splat(0), x1 = x0;
  for (; k > 0; k--) {
    const s = v128.load32_splat(a);
    x0 = madd(x0, s, v128.load(b));
    x1 = madd(x1, s, v128.load(b, 16));
    a += lda;
    b += 32;
  }
  addRow(c, x0, x1, cols, scale);
}
