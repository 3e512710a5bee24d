// Register blocks of the GEMM: up to 4 rows of A against one packed panel of 8 columns.
// 4×8 needs 8 accumulators, 2 weight vectors and 1 splat, which fits the 15 registers of x64; wider blocks spill there.
// The k loop is not unrolled: V8 schedules the plain loop better (41 GFLOP/s against 37 unrolled twice, where 44 is the peak). It is
// cut into stretches because a processor foresees the end of a short loop and not of a long one: 45 GFLOP/s against 43.

/** Steps of k in one inner loop. */
const STRETCH: i32 = 32;

/** Address of row `i`: `base + i·stride`, or `base + rows[i]` when a table of i32 byte offsets is given. */
@inline
export function rowAt(base: usize, stride: usize, rows: usize, i: usize): usize {
  return base + (rows ? <usize>load<i32>(rows + (i << 2)) : i * stride);
}

/** Writes the first `cols`, fewer than 8, of 8 lanes. */
export function putPart(p: usize, x0: v128, x1: v128, cols: i32): void {
  if (cols >= 4) {
    v128.store(p, x0);
    p += 16;
    x0 = x1;
  }
  if (cols & 2) {
    v128.store64_lane(p, x0, 0);
    p += 8;
    x0 = v128.shuffle<i64>(x0, x0, 1, 1);
  }
  if (cols & 1) v128.store32_lane(p, x0, 0);
}

/**
 * Ends row `i` of a tile: scale, bias of the column and of the row, residual, lower clamp, store.
 * Rows whose entry in `cRows` is negative are dropped. At most 12 bytes past the last column are read, none are written.
 */
@inline
export function finish(
  i: usize, x0: v128, x1: v128, cols: i32, scale: v128, lo: v128, b0: v128, b1: v128,
  biasRow: usize, c: usize, ldc: usize, r: usize, ldr: usize, cRows: usize,
): void {
  if (cRows) {
    if (load<i32>(cRows + (i << 2)) < 0) return;
  }
  x0 = f32x4.add(f32x4.mul(x0, scale), b0);
  x1 = f32x4.add(f32x4.mul(x1, scale), b1);
  if (biasRow) {
    const b = v128.load32_splat(biasRow + (i << 2));
    x0 = f32x4.add(x0, b);
    x1 = f32x4.add(x1, b);
  }
  if (r) {
    const p = rowAt(r, ldr, cRows, i);
    x0 = f32x4.add(x0, v128.load(p));
    if (cols > 4) x1 = f32x4.add(x1, v128.load(p, 16));
  }
  // pmax(x, lo) is `x < lo ? lo : x`: one instruction that lets NaN through; lo is -∞ when nothing is clamped.
  x0 = f32x4.pmax(x0, lo);
  x1 = f32x4.pmax(x1, lo);
  const p = rowAt(c, ldc, cRows, i);
  if (cols == 8) {
    v128.store(p, x0);
    v128.store(p, x1, 16);
  } else putPart(p, x0, x1, cols);
}

/** sum + x·y, rounded once where the module is built for relaxed SIMD and the processor has the instruction, else twice. */
@inline
export function madd(sum: v128, x: v128, y: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(x, y, sum);
  return f32x4.add(sum, f32x4.mul(x, y));
}

@inline
export function biasLow(bias: usize): v128 {
  return bias ? v128.load(bias) : f32x4.splat(0);
}

@inline
export function biasHigh(bias: usize, cols: i32): v128 {
  return bias && cols > 4 ? v128.load(bias, 16) : f32x4.splat(0);
}

export function tile4(
  i: usize, a: usize, lda: usize, aRows: usize, pb: usize, k: i32, c: usize, ldc: usize, cRows: usize,
  r: usize, ldr: usize, bias: usize, biasRow: usize, cols: i32, scale: f32, low: f32,
): void {
  let a0 = rowAt(a, lda, aRows, i);
  let a1 = rowAt(a, lda, aRows, i + 1);
  let a2 = rowAt(a, lda, aRows, i + 2);
  let a3 = rowAt(a, lda, aRows, i + 3);
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00, x30 = x00, x31 = x00;
  for (; k > 0; k -= STRETCH) {
    for (let left = min(k, STRETCH); left > 0; left--) {
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
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      pb += 32;
    }
  }
  const g = f32x4.splat(scale), lo = f32x4.splat(low), h0 = biasLow(bias), h1 = biasHigh(bias, cols);
  finish(i, x00, x01, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
  finish(i + 1, x10, x11, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
  finish(i + 2, x20, x21, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
  finish(i + 3, x30, x31, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
}

export function tile3(
  i: usize, a: usize, lda: usize, aRows: usize, pb: usize, k: i32, c: usize, ldc: usize, cRows: usize,
  r: usize, ldr: usize, bias: usize, biasRow: usize, cols: i32, scale: f32, low: f32,
): void {
  let a0 = rowAt(a, lda, aRows, i);
  let a1 = rowAt(a, lda, aRows, i + 1);
  let a2 = rowAt(a, lda, aRows, i + 2);
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00, x20 = x00, x21 = x00;
  for (; k > 0; k -= STRETCH) {
    for (let left = min(k, STRETCH); left > 0; left--) {
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
      a0 += 4;
      a1 += 4;
      a2 += 4;
      pb += 32;
    }
  }
  const g = f32x4.splat(scale), lo = f32x4.splat(low), h0 = biasLow(bias), h1 = biasHigh(bias, cols);
  finish(i, x00, x01, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
  finish(i + 1, x10, x11, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
  finish(i + 2, x20, x21, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
}

export function tile2(
  i: usize, a: usize, lda: usize, aRows: usize, pb: usize, k: i32, c: usize, ldc: usize, cRows: usize,
  r: usize, ldr: usize, bias: usize, biasRow: usize, cols: i32, scale: f32, low: f32,
): void {
  let a0 = rowAt(a, lda, aRows, i);
  let a1 = rowAt(a, lda, aRows, i + 1);
  let x00 = f32x4.splat(0);
  let x01 = x00, x10 = x00, x11 = x00;
  for (; k > 0; k--) {
    const b0 = v128.load(pb);
    const b1 = v128.load(pb, 16);
    let s = v128.load32_splat(a0);
    x00 = madd(x00, s, b0);
    x01 = madd(x01, s, b1);
    s = v128.load32_splat(a1);
    x10 = madd(x10, s, b0);
    x11 = madd(x11, s, b1);
    a0 += 4;
    a1 += 4;
    pb += 32;
  }
  const g = f32x4.splat(scale), lo = f32x4.splat(low), h0 = biasLow(bias), h1 = biasHigh(bias, cols);
  finish(i, x00, x01, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
  finish(i + 1, x10, x11, cols, g, lo, h0, h1, biasRow, c, ldc, r, ldr, cRows);
}

export function tile1(
  i: usize, a: usize, lda: usize, aRows: usize, pb: usize, k: i32, c: usize, ldc: usize, cRows: usize,
  r: usize, ldr: usize, bias: usize, biasRow: usize, cols: i32, scale: f32, low: f32,
): void {
  let a0 = rowAt(a, lda, aRows, i);
  let x00 = f32x4.splat(0);
  let x01 = x00;
  for (; k > 0; k--) {
    const s = v128.load32_splat(a0);
    x00 = madd(x00, s, v128.load(pb));
    x01 = madd(x01, s, v128.load(pb, 16));
    a0 += 4;
    pb += 32;
  }
  finish(
    i, x00, x01, cols, f32x4.splat(scale), f32x4.splat(low), biasLow(bias), biasHigh(bias, cols),
    biasRow, c, ldc, r, ldr, cRows,
  );
}
