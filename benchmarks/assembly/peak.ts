/**
 * The machine's own limits, as SIMD128 code can reach them: what kernels are compared with.
 * Indices [begin, end) are independent shares of work, so that the host can give one to each thread.
 */

/**
 * `rounds` × 12 independent chains x ← x·a + b per index, in registers alone. Twelve chains hide the latency of a multiply and an
 * add where three units share them (8 chains reach 90 % there, 13 no more); with two constants they fit sixteen registers. Writes 16 bytes per index to `out`.
 */
export function multiplyAdd(begin: i32, end: i32, out: usize, rounds: i32): void {
  const a = f32x4.splat(0.999);
  const b = f32x4.splat(0.001);
  for (let i = begin; i < end; i++) {
    let x0 = f32x4.splat(0.1),
      x1 = f32x4.splat(0.2),
      x2 = f32x4.splat(0.3),
      x3 = f32x4.splat(0.4),
      x4 = f32x4.splat(0.5);
    let x5 = f32x4.splat(0.6),
      x6 = f32x4.splat(0.7),
      x7 = f32x4.splat(0.8),
      x8 = f32x4.splat(0.9),
      x9 = f32x4.splat(1.1);
    let y0 = f32x4.splat(1.2),
      y1 = f32x4.splat(1.3);
    for (let n = 0; n < rounds; n++) {
      x0 = f32x4.add(f32x4.mul(x0, a), b);
      x1 = f32x4.add(f32x4.mul(x1, a), b);
      x2 = f32x4.add(f32x4.mul(x2, a), b);
      x3 = f32x4.add(f32x4.mul(x3, a), b);
      x4 = f32x4.add(f32x4.mul(x4, a), b);
      x5 = f32x4.add(f32x4.mul(x5, a), b);
      x6 = f32x4.add(f32x4.mul(x6, a), b);
      x7 = f32x4.add(f32x4.mul(x7, a), b);
      x8 = f32x4.add(f32x4.mul(x8, a), b);
      x9 = f32x4.add(f32x4.mul(x9, a), b);
      y0 = f32x4.add(f32x4.mul(y0, a), b);
      y1 = f32x4.add(f32x4.mul(y1, a), b);
    }
    x0 = f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3));
    x4 = f32x4.add(f32x4.add(x4, x5), f32x4.add(x6, x7));
    v128.store(out + ((<usize>i) << 4), f32x4.add(f32x4.add(f32x4.add(x0, x4), f32x4.add(x8, x9)), f32x4.add(y0, y1)));
  }
}

/** Copies 64 bytes per index from `from` to `to` with vector loads and stores. */
export function copy(begin: i32, end: i32, to: usize, from: usize): void {
  const last = to + ((<usize>end) << 6);
  let p = to + ((<usize>begin) << 6);
  let q = from + ((<usize>begin) << 6);
  for (; p < last; p += 64, q += 64) {
    v128.store(p, v128.load(q));
    v128.store(p, v128.load(q, 16), 16);
    v128.store(p, v128.load(q, 32), 32);
    v128.store(p, v128.load(q, 48), 48);
  }
}
