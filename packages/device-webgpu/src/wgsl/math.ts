// Elementary functions to float32's precision. WGSL's own may be off by hundreds of units in the last place, and differ between drivers.
import { wgslFunction } from './functions';
import { infinity, isNan, nan } from './special';

/** (e^r - 1 - r) / r² for |r| ≤ ln 2 / 2. */
const expTail = wgslFunction(`
fn expTail(r: f32) -> f32 {
  return (((0.001381453825160861 * r + 0.00836874544620514) * r + 0.04166838899254799) * r + 0.1666652113199234) * r + 0.4999999403953552;
}`);

/** e^x: overflows to infinity, underflows to 0. The power of two is applied in halves, since it reaches past normal exponents. */
export const expf = wgslFunction(
  `
fn expf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let t = clamp(x, -104.0, 89.0);
  let n = round(t * 1.44269504);
  let r = (t - n * 0.693359375) - n * -2.12194440e-4;
  let e = (r * r * expTail(r) + r) + 1.0;
  let i = i32(n);
  let half = i >> 1u;
  return (e * bitcast<f32>(u32(half + 127) << 23u)) * bitcast<f32>(u32(i - half + 127) << 23u);
}`,
  isNan,
  expTail,
);

/** e^x - 1, accurate near 0. */
export const expm1f = wgslFunction(
  `fn expm1f(x: f32) -> f32 { if (abs(x) < 0.3466) { return x * x * expTail(x) + x; } return expf(x) - 1.0; }`,
  expf,
);

export const sigmoidf = wgslFunction(`fn sigmoidf(x: f32) -> f32 { return 1.0 / (1.0 + expf(-x)); }`, expf);

/** A polynomial near 0, 1 - 2 / (e^2|x| + 1) beyond. */
export const tanhf = wgslFunction(
  `
fn tanhf(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.625) {
    let t = x * x;
    let p = (((-0.005704978480935097 * t + 0.020639078691601753) * t - 0.05373971164226532) * t + 0.13331441581249237) * t - 0.3333328068256378;
    return x * t * p + x;
  }
  if (a > 10.0) { return sign(x); }
  let far = 1.0 - 2.0 / (expf(a + a) + 1.0);
  return select(far, -far, x < 0.0);
}`,
  expf,
);

/** A rational function of x², held at 1 from 3.93 on, where erf rounds to it. */
export const erff = wgslFunction(
  `
fn erff(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  if (abs(x) >= 3.93) { return sign(x); }
  let t = x * x;
  let p = ((((2.0419636257429374e-6 * t + 0.0002848072035703808) * t + 0.003779584774747491) * t + 0.05279020965099335) * t + 0.19078336656093597) * t + 1.1283791065216064;
  let q = ((((3.8003927329555154e-5 * t + 0.0011652051471173763) * t + 0.0149973900988698) * t + 0.1142573207616806) * t + 0.5024100542068481) * t + 1.0;
  return x * (p / q);
}`,
  isNan,
);

/** ln x: -infinity at 0, not a number below. Subnormals are taken apart by their bits, because arithmetic may flush them. */
export const logf = wgslFunction(
  `
fn logf(x: f32) -> f32 {
  var bits = bitcast<u32>(x);
  if (bits == 0u || bits == 0x80000000u) { return -infinity(); }
  if (bits > 0x7f800000u) { return nan(); }
  if (bits == 0x7f800000u) { return x; }
  var shift = 0;
  if (bits < 0x800000u) {
    let up = countLeadingZeros(bits) - 8u;
    bits = ((bits << up) & 0x7fffffu) | 0x800000u;
    shift = -i32(up);
  }
  let b = i32(bits) - 0x3f3504f3;
  let k = b >> 23u;
  let f = bitcast<f32>(i32(bits) - (k << 23u)) - 1.0;
  let n = f32(k + shift);
  let p = (((((((0.06746591627597809 * f - 0.1167563870549202) * f + 0.11888177692890167) * f - 0.12405592203140259) * f
    + 0.14219550788402557) * f - 0.1666799634695053) * f + 0.2000211924314499) * f - 0.25000008940696716) * f + 0.3333331346511841;
  let ff = f * f;
  let y = ff * f * p + n * -2.12194440e-4;
  return n * 0.693359375 + (f + (y - ff * 0.5));
}`,
  infinity,
  nan,
);

/**
 * ln(1 + x): a series in x / (2 + x) near 0. The rounding of 1 + x cannot be taken back by (1 + x) - 1 here, for some compilers see x in that.
 */
export const log1pf = wgslFunction(
  `
fn log1pf(x: f32) -> f32 {
  if (isNan(x)) { return x; }
  let a = abs(x);
  if (a < 5e-8) { return x; }
  if (a > 0.5) { return logf(x + 1.0); }
  let s = x / (x + 2.0);
  let t = s * s;
  let p = ((((((0.06666667 * t + 0.07692308) * t + 0.09090909) * t + 0.11111111) * t + 0.14285715) * t + 0.2) * t + 0.33333334) * t;
  return 2.0 * (s + s * p);
}`,
  isNan,
  logf,
);

// Through WGSL's reciprocal root, 0 and infinity would come out as 0 · infinity.
export const sqrtf = wgslFunction(
  `
fn sqrtf(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if (bits == 0u || bits >= 0x7f800000u) { if (bits > 0x80000000u) { return nan(); } return x; }
  return sqrt(x);
}`,
  nan,
);

/** One step of Newton's method takes WGSL's reciprocal root from two units in the last place to one: gradients of norms cancel by it. */
export const rootf = wgslFunction(`
fn rootf(x: f32) -> f32 { let y = inverseSqrt(x); return y + y * fma(-0.5 * x * y, y, 0.5); }`);

/** 1 / √x of any number. The root of a subnormal one is normal, so its bits are scaled first. */
export const rsqrtf = wgslFunction(
  `
fn rsqrtf(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if (bits == 0u) { return infinity(); }
  if (bits == 0x80000000u) { return -infinity(); }
  if (bits > 0x7f800000u) { return nan(); }
  if (bits == 0x7f800000u) { return 0.0; }
  if (bits < 0x800000u) { return rootf(f32(bits)) * 2.6713738e22; }
  return rootf(x);
}`,
  infinity,
  nan,
  rootf,
);
