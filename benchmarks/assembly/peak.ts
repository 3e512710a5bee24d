/**
 * The machine's own limits, as SIMD128 code can reach them: what kernels are compared with.
 * Indices [begin, end) are independent shares of work, so that the host can give one to each thread.
 */

/**
 * `rounds` × 8 independent sums x ← x + a·b per index, all operands from the first-level cache. No product
 * waits for a sum, and the two loads and four splats go through units that do no arithmetic. It reaches 3 vector operations per cycle
 * where three units share them. (Chains x ← x·a + b in registers alone stop at 85 % of that: their latency is the product's plus the
 * sum's. Operands that swap registers are faster still, but only because V8 unrolls the loop and drops products that repeat.)
 * Reads up to 112 bytes before and after `from`, 16-byte aligned; writes 16 bytes per index to `out`.
 */
export function multiplyAdd(begin: i32, end: i32, out: usize, from: usize, rounds: i32): void {
  for (let i = begin; i < end; i++) {
    let x0 = f32x4.splat(0),
      x1 = x0,
      x2 = x0,
      x3 = x0,
      x4 = x0,
      x5 = x0,
      x6 = x0,
      x7 = x0;
    let p = from;
    for (let n = 0; n < rounds; n++) {
      const b0 = v128.load(p),
        b1 = v128.load(p, 16);
      const a0 = v128.load32_splat(p, 32),
        a1 = v128.load32_splat(p, 36);
      const a2 = v128.load32_splat(p, 40),
        a3 = v128.load32_splat(p, 44);
      x0 = f32x4.add(x0, f32x4.mul(a0, b0));
      x1 = f32x4.add(x1, f32x4.mul(a0, b1));
      x2 = f32x4.add(x2, f32x4.mul(a1, b0));
      x3 = f32x4.add(x3, f32x4.mul(a1, b1));
      x4 = f32x4.add(x4, f32x4.mul(a2, b0));
      x5 = f32x4.add(x5, f32x4.mul(a2, b1));
      x6 = f32x4.add(x6, f32x4.mul(a3, b0));
      x7 = f32x4.add(x7, f32x4.mul(a3, b1));
      // The address changes, so that no product of this round is known from the last.
      p ^= 64;
    }
    x0 = f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3));
    x4 = f32x4.add(f32x4.add(x4, x5), f32x4.add(x6, x7));
    v128.store(out + ((<usize>i) << 4), f32x4.add(x0, x4));
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
