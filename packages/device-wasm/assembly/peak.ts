@inline
function step(x: v128, factor: v128, summand: v128): v128 {
  return f32x4.add(f32x4.mul(x, factor), summand);
}

/**
 * The multiply-add peak that kernels are measured against: per round 28 products and 28 sums of four floats, in registers only.
 * Fourteen chains hide the latency of a product and a sum; fewer measure latency instead. FLOPs: rounds·224.
 */
export function peak(rounds: i32, factor: f32, summand: f32): f32 {
  const m = f32x4.splat(factor);
  const s = f32x4.splat(summand);
  let x0 = f32x4.splat(0);
  let x1 = f32x4.splat(1);
  let x2 = f32x4.splat(2);
  let x3 = f32x4.splat(3);
  let x4 = f32x4.splat(4);
  let x5 = f32x4.splat(5);
  let x6 = f32x4.splat(6);
  let x7 = f32x4.splat(7);
  let x8 = f32x4.splat(8);
  let x9 = f32x4.splat(9);
  let x10 = f32x4.splat(10);
  let x11 = f32x4.splat(11);
  let x12 = f32x4.splat(12);
  let x13 = f32x4.splat(13);
  for (; rounds > 0; rounds--) {
    x0 = step(x0, m, s);
    x1 = step(x1, m, s);
    x2 = step(x2, m, s);
    x3 = step(x3, m, s);
    x4 = step(x4, m, s);
    x5 = step(x5, m, s);
    x6 = step(x6, m, s);
    x7 = step(x7, m, s);
    x8 = step(x8, m, s);
    x9 = step(x9, m, s);
    x10 = step(x10, m, s);
    x11 = step(x11, m, s);
    x12 = step(x12, m, s);
    x13 = step(x13, m, s);
    x0 = step(x0, m, s);
    x1 = step(x1, m, s);
    x2 = step(x2, m, s);
    x3 = step(x3, m, s);
    x4 = step(x4, m, s);
    x5 = step(x5, m, s);
    x6 = step(x6, m, s);
    x7 = step(x7, m, s);
    x8 = step(x8, m, s);
    x9 = step(x9, m, s);
    x10 = step(x10, m, s);
    x11 = step(x11, m, s);
    x12 = step(x12, m, s);
    x13 = step(x13, m, s);
  }
  x0 = f32x4.add(x0, x1);
  x0 = f32x4.add(x0, x2);
  x0 = f32x4.add(x0, x3);
  x0 = f32x4.add(x0, x4);
  x0 = f32x4.add(x0, x5);
  x0 = f32x4.add(x0, x6);
  x0 = f32x4.add(x0, x7);
  x0 = f32x4.add(x0, x8);
  x0 = f32x4.add(x0, x9);
  x0 = f32x4.add(x0, x10);
  x0 = f32x4.add(x0, x11);
  x0 = f32x4.add(x0, x12);
  x0 = f32x4.add(x0, x13);
  return f32x4.extract_lane(x0, 0);
}
