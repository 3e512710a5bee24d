import { erf4, sigmoid4, tanh4 } from './math';

// Activation codes of every fused epilogue; they are positions in the list ACTIVATIONS of @paperzoo/core.
export const NONE: i32 = 0;
export const RELU: i32 = 1;
export const HARDSWISH: i32 = 2;
export const SILU: i32 = 3;
export const SIGMOID: i32 = 4;
export const GELU: i32 = 5;
export const TANH: i32 = 6;
export const HARDSIGMOID: i32 = 7;

/** relu6(x + 3) / 6. pmin and pmax keep NaN here because it stands first. */
@inline
function hardSigmoid4(x: v128): v128 {
  const t = f32x4.pmax(f32x4.add(x, f32x4.splat(3)), f32x4.splat(0));
  return f32x4.mul(f32x4.pmin(t, f32x4.splat(6)), f32x4.splat(1.0 / 6.0));
}

/** Four values through activation `act`. */
export function activate4(x: v128, act: i32): v128 {
  switch (act) {
    case RELU:
      return f32x4.pmax(x, f32x4.splat(0));
    case HARDSWISH:
      return f32x4.mul(x, hardSigmoid4(x));
    case SILU:
      return f32x4.mul(x, sigmoid4(x));
    case SIGMOID:
      return sigmoid4(x);
    case GELU: {
      const half = f32x4.mul(x, f32x4.splat(0.5));
      return f32x4.add(half, f32x4.mul(half, erf4(f32x4.mul(x, f32x4.splat(0.70710678118654752)))));
    }
    case TANH:
      return tanh4(x);
    case HARDSIGMOID:
      return hardSigmoid4(x);
    default:
      return x;
  }
}

/** Applies activation `act` in place to `count` floats at `p`; reads at most 12 bytes further, writes none. */
export function activateRow(p: usize, count: i32, act: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(p, activate4(v128.load(p), act));
    p += 16;
  }
  if (count > 0) storeFirst(p, activate4(v128.load(p), act), count);
}

/** Writes the first 1, 2 or 3 lanes. */
export function storeFirst(p: usize, x: v128, count: i32): void {
  if (count & 2) {
    v128.store64_lane(p, x, 0);
    if (count & 1) v128.store32_lane(p + 8, x, 2);
  } else v128.store32_lane(p, x, 0);
}
