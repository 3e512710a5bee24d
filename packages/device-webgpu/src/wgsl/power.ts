// x^y = 2^(y · log₂ x). The logarithm is carried as a sum of two floats: an error of it is multiplied by y. Parts of twelve bits make
// products exact whether or not the compiler fuses them.
import { wgslFunction } from './functions';
import { expf } from './math';
import { infinity, isNan, nan } from './special';

const coarse = wgslFunction(`fn coarse(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }`);

/** log₂ of a positive normal number as a sum, the larger part first. */
const log2Parts = wgslFunction(
  `
fn log2Parts(x: f32) -> vec2f {
  let b = bitcast<i32>(x) - 0x3f3504f3;
  let k = f32(b >> 23u);
  let m = bitcast<f32>(bitcast<i32>(x) - ((b >> 23u) << 23u));
  let f = m - 1.0;
  let d = m + 1.0;
  let dh = coarse(d);
  let dl = m - (dh - 1.0);
  let sh = coarse(f / d);
  let sl = ((f - sh * dh) - sh * dl) / d;
  let s = sh + sl;
  let t = s * s;
  let tail = s * t * (0.333333333 + t * (0.2 + t * (0.142857143 + t * (0.111111111 + t * 0.0909090909))));
  let high = sh * 2.884765625;
  let low = sh * 0.000624456778 + (sl + tail) * 2.88539008;
  let sum = k + high;
  return vec2f(sum, (high - (sum - k)) + low);
}`,
  coarse,
);

/** |x|^y for finite positive x. */
const positivePower = wgslFunction(
  `
fn positivePower(x: f32, y: f32) -> f32 {
  var scale = 0.0;
  var a = x;
  let bits = bitcast<u32>(x);
  if (bits < 0x800000u) {
    let up = countLeadingZeros(bits) - 8u;
    a = bitcast<f32>(((bits << up) & 0x7fffffu) | 0x3f800000u);
    scale = -126.0 - f32(up);
  }
  var l = log2Parts(a);
  if (scale != 0.0) { let sum = scale + l.x; l = vec2f(sum, (l.x - (sum - scale)) + l.y); }
  let h = coarse(l.x + l.y);
  let rest = (l.x - h) + l.y;
  let z = y * (l.x + l.y);
  if (z >= 128.0) { return infinity(); }
  if (z <= -150.0) { return 0.0; }
  let yh = coarse(y);
  let high = yh * h;
  let low = (y - yh) * h + y * rest;
  let n = round(high + low);
  let e = expf(((high - n) + low) * 0.69314718);
  let i = i32(n);
  let half = i >> 1u;
  return (e * bitcast<f32>(u32(half + 127) << 23u)) * bitcast<f32>(u32(i - half + 127) << 23u);
}`,
  log2Parts,
  infinity,
  expf,
);

/** C's special cases. */
export const powf = wgslFunction(
  `
fn powf(x: f32, y: f32) -> f32 {
  let yBits = bitcast<u32>(y) & 0x7fffffffu;
  if (yBits == 0u || x == 1.0) { return 1.0; }
  if (isNan(x) || isNan(y)) { return nan(); }
  let a = abs(x);
  let huge = bitcast<u32>(abs(y)) == 0x7f800000u;
  let whole = huge || abs(y) >= 8388608.0 || (yBits >= 0x3f800000u && floor(y) == y);
  let odd = abs(y) < 16777216.0 && whole && !huge && (i32(y) & 1) != 0;
  let up = (bitcast<u32>(y) >> 31u) == 0u;
  let negative = (bitcast<u32>(x) >> 31u) != 0u;
  let zero = (bitcast<u32>(x) & 0x7fffffffu) == 0u;
  let unbounded = bitcast<u32>(a) == 0x7f800000u;
  var r = 0.0;
  if (huge) {
    if (a == 1.0) { return 1.0; }
    return select(0.0, infinity(), (a > 1.0) == up);
  }
  if (zero) { r = select(infinity(), 0.0, up); }
  else if (unbounded) { r = select(0.0, infinity(), up); }
  else {
    if (negative && !whole) { return nan(); }
    r = positivePower(a, y);
  }
  return select(r, -r, negative && odd);
}`,
  isNan,
  nan,
  infinity,
  positivePower,
);

/** Wraps as the machine does; negative exponents give 0 but for bases 1 and -1. */
export const poweri = wgslFunction(`
fn poweri(base: i32, exponent: i32) -> i32 {
  if (exponent < 0) { return select(select(0, select(1, -1, (exponent & 1) != 0), base == -1), 1, base == 1); }
  var r = 1;
  var b = base;
  var e = exponent;
  for (; e > 0; e = e >> 1u) { if ((e & 1) != 0) { r = r * b; } b = b * b; }
  return r;
}`);
