// Elementary functions on four floats at once, without tables (all memory belongs to the host) and without fused multiply-add.
// Polynomials are minimax fits of relative error (Lawson's reweighting, then rounded to float32). Largest relative errors against float64
// on dense grids, measured by test/math.test.ts: exp 8e-8, expm1 2.2e-7, log 8e-8, log1p 1.7e-7, tanh 1.4e-7, sigmoid 1.4e-7,
// erf 3.7e-7, sin and cos 1.3e-7.

/** 1.5 · 2^23: adding it rounds to the nearest integer, which then stands in the low bits. */
const ROUNDER: f32 = 12582912;
const ROUNDER_BITS: i32 = 0x4b400000;
const LOG2_E: f32 = 1.44269504088896341;
/** ln 2 = LN2_HIGH + LN2_LOW; the first has few bits, so that its product with a small integer is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440054690581e-4;

/** x · y + z, rounded twice: SIMD128 has no fused form. */
@inline
export function madd(x: v128, y: v128, z: v128): v128 {
  return f32x4.add(f32x4.mul(x, y), z);
}

@inline
function c(value: f32): v128 {
  return f32x4.splat(value);
}

/** 2^n for an integer exponent of a normal number. */
@inline
function power2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** (e^r - 1 - r) / r² for |r| ≤ ln 2 / 2. */
@inline
function expTail(r: v128): v128 {
  let q = madd(c(0.001381453825160861), r, c(0.00836874544620514));
  q = madd(q, r, c(0.04166838899254799));
  q = madd(q, r, c(0.1666652113199234));
  return madd(q, r, c(0.4999999403953552));
}

/** e^x. Overflows to infinity, underflows through the subnormals to 0; NaN stays NaN. */
@inline
export function exp4(x: v128): v128 {
  // pmin and pmax keep their first operand when it is NaN.
  const t = f32x4.pmax(f32x4.pmin(x, c(89)), c(-104));
  const rounded = madd(t, c(LOG2_E), c(ROUNDER));
  const n = f32x4.sub(rounded, c(ROUNDER));
  const r = f32x4.sub(f32x4.sub(t, f32x4.mul(n, c(LN2_HIGH))), f32x4.mul(n, c(LN2_LOW)));
  const p = f32x4.add(madd(f32x4.mul(r, r), expTail(r), r), c(1));
  // 2^n in two factors, since n reaches beyond the exponents of normal numbers at both ends.
  const i = i32x4.sub(rounded, i32x4.splat(ROUNDER_BITS));
  const half = i32x4.shr_s(i, 1);
  return f32x4.mul(f32x4.mul(p, power2(half)), power2(i32x4.sub(i, half)));
}

/**
 * e^x for x ≤ 0, taken as 0 from -80 down; NaN stays NaN. For softmax: such a weight (2e-35 of the largest) cannot show in a float32 sum,
 * while products with it would be subnormal, which cost a hundred cycles each.
 */
@inline
export function expNegative4(x: v128): v128 {
  const rounded = madd(x, c(LOG2_E), c(ROUNDER));
  const n = f32x4.sub(rounded, c(ROUNDER));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, c(LN2_HIGH))), f32x4.mul(n, c(LN2_LOW)));
  const p = f32x4.add(madd(f32x4.mul(r, r), expTail(r), r), c(1));
  // The integer stands in the low bits of `rounded`; added to the exponent of p it multiplies by 2^n.
  return v128.andnot(i32x4.add(p, i32x4.shl(rounded, 23)), f32x4.le(x, c(-80)));
}

/** e^x - 1, accurate near 0. */
@inline
export function expm14(x: v128): v128 {
  const near = madd(f32x4.mul(x, x), expTail(x), x);
  const far = f32x4.sub(exp4(x), c(1));
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), c(0.3466)));
}

/** 1 / (1 + e^-x). */
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(c(1), f32x4.add(c(1), exp4(f32x4.neg(x))));
}

/** Hyperbolic tangent: a polynomial near 0, 1 - 2 / (e^2|x| + 1) beyond. */
@inline
export function tanh4(x: v128): v128 {
  const a = f32x4.abs(x);
  const t = f32x4.mul(x, x);
  let p = madd(c(-0.005704978480935097), t, c(0.020639078691601753));
  p = madd(p, t, c(-0.05373971164226532));
  p = madd(p, t, c(0.13331441581249237));
  p = madd(p, t, c(-0.3333328068256378));
  const near = madd(f32x4.mul(x, t), p, x);
  const e = exp4(f32x4.add(a, a));
  const far = f32x4.sub(c(1), f32x4.div(c(2), f32x4.add(e, c(1))));
  return v128.bitselect(near, copySign(far, x), f32x4.lt(a, c(0.625)));
}

/** Error function: a rational function of x², held at 1 from 3.93 on, where erf rounds to it. */
@inline
export function erf4(x: v128): v128 {
  const t0 = f32x4.mul(x, x);
  const t = f32x4.pmin(t0, c(15.4449));
  let p = madd(c(2.0419636257429374e-6), t, c(0.0002848072035703808));
  p = madd(p, t, c(0.003779584774747491));
  p = madd(p, t, c(0.05279020965099335));
  p = madd(p, t, c(0.19078336656093597));
  p = madd(p, t, c(1.1283791065216064));
  let q = madd(c(3.8003927329555154e-5), t, c(0.0011652051471173763));
  q = madd(q, t, c(0.0149973900988698));
  q = madd(q, t, c(0.1142573207616806));
  q = madd(q, t, c(0.5024100542068481));
  q = madd(q, t, c(1));
  const y = f32x4.mul(x, f32x4.div(p, q));
  return v128.bitselect(copySign(c(1), x), y, f32x4.ge(t0, c(15.4449)));
}

/** Magnitude of x with the sign of y. */
@inline
function copySign(x: v128, y: v128): v128 {
  return v128.bitselect(y, x, i32x4.splat(0x80000000));
}

/** ln x: -infinity at 0, NaN below. */
@inline
export function log4(x: v128): v128 {
  // Subnormals are scaled into the normal numbers first.
  const tiny = f32x4.lt(x, c(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, c(8388608)), x, tiny);
  // Exponent such that the mantissa lies in [√½, √2).
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const k = i32x4.shr_s(bits, 23);
  const f = f32x4.sub(i32x4.sub(scaled, i32x4.shl(k, 23)), c(1));
  const n = f32x4.convert_i32x4_s(i32x4.sub(k, v128.and(tiny, i32x4.splat(23))));
  let p = madd(c(0.06746591627597809), f, c(-0.1167563870549202));
  p = madd(p, f, c(0.11888177692890167));
  p = madd(p, f, c(-0.12405592203140259));
  p = madd(p, f, c(0.14219550788402557));
  p = madd(p, f, c(-0.1666799634695053));
  p = madd(p, f, c(0.2000211924314499));
  p = madd(p, f, c(-0.25000008940696716));
  p = madd(p, f, c(0.3333331346511841));
  const ff = f32x4.mul(f, f);
  let y = madd(f32x4.mul(ff, f), p, f32x4.mul(n, c(LN2_LOW)));
  y = f32x4.add(f, f32x4.sub(y, f32x4.mul(ff, c(0.5))));
  y = madd(n, c(LN2_HIGH), y);
  y = v128.bitselect(x, y, f32x4.eq(x, c(f32.POSITIVE_INFINITY)));
  y = v128.bitselect(c(f32.NEGATIVE_INFINITY), y, f32x4.eq(x, c(0)));
  return v128.bitselect(y, c(NaN), f32x4.ge(x, c(0)));
}

/** ln(1 + x), accurate near 0: the rounding of 1 + x is taken back by the factor x / ((1 + x) - 1) (Kahan). */
@inline
export function log1p4(x: v128): v128 {
  const u = f32x4.add(x, c(1));
  const y = log4(u);
  const mended = f32x4.mul(y, f32x4.div(x, f32x4.sub(u, c(1))));
  const infinite = f32x4.eq(f32x4.abs(y), c(f32.POSITIVE_INFINITY));
  return v128.bitselect(x, v128.bitselect(y, mended, infinite), f32x4.eq(u, c(1)));
}

/** sin(x + quarters · π/2), so 0 gives the sine and 1 the cosine; for |x| ≤ 10^6 (see unary.ts for larger ones). */
@inline
export function sine4(x: v128, quarters: v128): v128 {
  // The angle is reduced in double precision: q is the nearest multiple of π/2, r what is left.
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0));
  const q0 = f64x2.nearest(f64x2.mul(low, f64x2.splat(0.63661977236758134308)));
  const q1 = f64x2.nearest(f64x2.mul(high, f64x2.splat(0.63661977236758134308)));
  const r = v128.shuffle<i64>(f32x4.demote_f64x2_zero(reduce(low, q0)), f32x4.demote_f64x2_zero(reduce(high, q1)), 0, 2);
  const q01 = v128.shuffle<i64>(i32x4.trunc_sat_f64x2_s_zero(q0), i32x4.trunc_sat_f64x2_s_zero(q1), 0, 2);
  const q = i32x4.add(q01, quarters);
  const t = f32x4.mul(r, r);
  let s = madd(c(-0.00019514630548655987), t, c(0.008332155644893646));
  s = madd(s, t, c(-0.16666655242443085));
  s = madd(f32x4.mul(r, t), s, r);
  let k = madd(c(2.4432411009911448e-5), t, c(-0.0013887309469282627));
  k = madd(k, t, c(0.04166664555668831));
  k = madd(f32x4.mul(t, t), k, madd(t, c(-0.5), c(1)));
  const odd = i32x4.ne(v128.and(q, i32x4.splat(1)), i32x4.splat(0));
  const sign = i32x4.shl(v128.and(q, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(k, s, odd), sign);
}

/** x - q · π/2, with π/2 in three parts; the first two have 33 bits, so that products are exact. */
@inline
function reduce(x: v128, q: v128): v128 {
  let r = f64x2.sub(x, f64x2.mul(q, f64x2.splat(1.57079632673412561417)));
  r = f64x2.sub(r, f64x2.mul(q, f64x2.splat(6.07710050630396597660e-11)));
  return f64x2.sub(r, f64x2.mul(q, f64x2.splat(2.02226624879595063154e-21)));
}

/** x^y with C's special cases, through double precision. */
export function power(x: f32, y: f32): f32 {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return NaN;
  const a = Math.abs(<f64>x);
  if (a == 1 && (y == f32.POSITIVE_INFINITY || y == f32.NEGATIVE_INFINITY)) return 1;
  const r = <f32>exp2(<f64>y * log2(a));
  const negative = reinterpret<i32>(x) < 0;
  if (!negative) return r;
  const whole = nearest<f32>(y) == y;
  if (!whole) return x == 0 || a == f64.POSITIVE_INFINITY ? r : NaN;
  const odd = abs<f32>(y) < 16777216 && (<i32>y & 1) != 0;
  return odd ? -r : r;
}

/** log₂ of a non-negative double to 1e-11; infinities and 0 as IEEE has them. */
function log2(x: f64): f64 {
  if (x == 0) return f64.NEGATIVE_INFINITY;
  if (x == f64.POSITIVE_INFINITY) return x;
  const bits = reinterpret<i64>(x) - 0x3fe6a09e667f3bcd;
  const k = bits >> 52;
  const m = reinterpret<f64>(reinterpret<i64>(x) - (k << 52));
  // ln m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …)
  const s = (m - 1) / (m + 1);
  const t = s * s;
  const series = 1 + t * (1.0 / 3 + t * (1.0 / 5 + t * (1.0 / 7 + t * (1.0 / 9 + t * (1.0 / 11 + t * (1.0 / 13))))));
  return <f64>k + s * series * 2.88539008177792681472;
}

/** 2^x to 1e-11; overflows to infinity and underflows to 0 well outside the range of float32. */
function exp2(x: f64): f64 {
  const t = min(max(x, -300.0), 300.0);
  const n = nearest<f64>(t);
  const r = (t - n) * 0.69314718055994530942;
  const e = 1 + r * (1 + r * (1.0 / 2 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720 + r * (1.0 / 5040 + r * (1.0 / 40320))))))));
  return reinterpret<f64>((<i64>n + 1023) << 52) * e;
}
