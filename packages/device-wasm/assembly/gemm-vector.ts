import { biasHigh, biasLow, finish, madd, rowAt } from './gemm-tile';

/**
 * Row `i` of A against four whole packed panels, `panel` bytes apart: for single rows, where reading the weights is all the cost and
 * four streams at once keep the memory busier than one. Other arguments as for the tiles of gemm-tile.
 */
export function vector4(
  i: usize, a: usize, lda: usize, aRows: usize, pb: usize, panel: usize, k: i32, c: usize, ldc: usize, cRows: usize,
  r: usize, ldr: usize, bias: usize, biasRow: usize, scale: f32, low: f32,
): void {
  let a0 = rowAt(a, lda, aRows, i);
  let p0 = pb, p1 = pb + panel, p2 = p1 + panel, p3 = p2 + panel;
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00;
  for (; k > 0; k--) {
    const s = v128.load32_splat(a0);
    x00 = madd(x00, s, v128.load(p0));
    x01 = madd(x01, s, v128.load(p0, 16));
    x10 = madd(x10, s, v128.load(p1));
    x11 = madd(x11, s, v128.load(p1, 16));
    x20 = madd(x20, s, v128.load(p2));
    x21 = madd(x21, s, v128.load(p2, 16));
    x30 = madd(x30, s, v128.load(p3));
    x31 = madd(x31, s, v128.load(p3, 16));
    a0 += 4;
    p0 += 32;
    p1 += 32;
    p2 += 32;
    p3 += 32;
  }
  column(i, x00, x01, 0, c, ldc, cRows, r, ldr, bias, biasRow, scale, low);
  column(i, x10, x11, 32, c, ldc, cRows, r, ldr, bias, biasRow, scale, low);
  column(i, x20, x21, 64, c, ldc, cRows, r, ldr, bias, biasRow, scale, low);
  column(i, x30, x31, 96, c, ldc, cRows, r, ldr, bias, biasRow, scale, low);
}

/** Ends the eight columns that start `shift` bytes from the first. */
@inline
function column(
  i: usize, x0: v128, x1: v128, shift: usize, c: usize, ldc: usize, cRows: usize,
  r: usize, ldr: usize, bias: usize, biasRow: usize, scale: f32, low: f32,
): void {
  const b = bias ? bias + shift : 0;
  finish(
    i, x0, x1, 8, f32x4.splat(scale), f32x4.splat(low), biasLow(b), biasHigh(b, 8), biasRow,
    c + shift, ldc, r ? r + shift : 0, ldr, cRows,
  );
}
