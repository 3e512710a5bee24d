// Not-a-number and infinity by their bits: drivers may assume that neither occurs and drop an ordinary test.
import { wgslFunction } from './functions';

export const isNan = wgslFunction(`fn isNan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }`);

// A constant expression may not be infinite; a variable may.
export const infinity = wgslFunction(`fn infinity() -> f32 { var bits = 0x7f800000u; return bitcast<f32>(bits); }`);
export const nan = wgslFunction(`fn nan() -> f32 { var bits = 0x7fc00000u; return bitcast<f32>(bits); }`);

export const maximum = wgslFunction(
  `fn maximum(a: f32, b: f32) -> f32 { if (isNan(a)) { return a; } if (isNan(b)) { return b; } return max(a, b); }`,
  isNan,
);
export const minimum = wgslFunction(
  `fn minimum(a: f32, b: f32) -> f32 { if (isNan(a)) { return a; } if (isNan(b)) { return b; } return min(a, b); }`,
  isNan,
);

/** Integers in the order of the floats that they stand for, with one for both zeros: subnormals too, which comparisons may take for 0. */
export const order = wgslFunction(`
fn order(x: f32) -> i32 { let bits = bitcast<i32>(x); return select(bits, -(bits & 0x7fffffff), bits < 0); }`);

export const signf = wgslFunction(
  `fn signf(x: f32) -> f32 { if (isNan(x)) { return x; } return f32(sign(order(x))); }`,
  isNan,
  order,
);
