// Sine and cosine of any float. Small angles are reduced by π/2 in three parts with few bits; of large ones only those binary digits of
// 2/π matter that neither give whole turns nor vanish (Payne and Hanek, 1983), computed in 32-bit integers.
import { wgslFunction } from './functions';
import { nan } from './special';

const digits = wgslFunction(`
fn digits(word: u32) -> u32 {
  switch (word) {
    case 0u: { return 0u; } case 1u: { return 0xa2f9836eu; } case 2u: { return 0x4e441529u; } case 3u: { return 0xfc2757d1u; }
    case 4u: { return 0xf534ddc0u; } case 5u: { return 0xdb629599u; } case 6u: { return 0x3c439041u; } default: { return 0xfe5163abu; }
  }
}`);

/** 32 digits from position \`bit\` on. */
const digitsFrom = wgslFunction(
  `
fn digitsFrom(bit: u32) -> u32 {
  let word = bit >> 5u;
  let at = bit & 31u;
  if (at == 0u) { return digits(word); }
  return (digits(word) << at) | (digits(word + 1u) >> (32u - at));
}`,
  digits,
);

/** Both halves of a 64-bit product, the low one first. */
const product = wgslFunction(`
fn product(a: u32, b: u32) -> vec2u {
  let a0 = a & 0xffffu; let a1 = a >> 16u; let b0 = b & 0xffffu; let b1 = b >> 16u;
  let low = a0 * b0;
  let mid = a1 * b0 + (low >> 16u);
  let mid2 = a0 * b1 + (mid & 0xffffu);
  return vec2u((mid2 << 16u) | (low & 0xffffu), a1 * b1 + (mid >> 16u) + (mid2 >> 16u));
}`);

/** Quarter turns of |x| modulo 4, in units of 2^-30. */
const quarterTurns = wgslFunction(
  `
fn quarterTurns(bits: u32) -> u32 {
  let m = (bits & 0x7fffffu) | 0x800000u;
  let first = ((bits >> 23u) & 0xffu) - 120u;
  let low = product(m, digitsFrom(first + 32u));
  let lowest = product(m, digitsFrom(first + 64u));
  let sum = low.x + lowest.y;
  return m * digitsFrom(first) + low.y + select(0u, 1u, sum < low.x);
}`,
  digitsFrom,
  product,
);

/** sin(x + quarters · π/2): 0 gives the sine and 1 the cosine. */
export const sinef = wgslFunction(
  `
fn sinef(x: f32, quarters: i32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) >= 0x7f800000u) { return nan(); }
  var r = x;
  var q = quarters;
  if (abs(x) > 4096.0) {
    let turns = quarterTurns(bits);
    let whole = (turns + 0x20000000u) >> 30u;
    let rest = f32(bitcast<i32>(turns - (whole << 30u))) * 1.462918080e-9;
    r = select(rest, -rest, x < 0.0);
    q += select(i32(whole), -i32(whole), x < 0.0);
  } else {
    let n = round(x * 0.636619772);
    r = ((x - n * 1.5703125) - n * 4.837512969970703e-4) - n * 7.54978995489188e-8;
    q += i32(n);
  }
  let t = r * r;
  let s = r * t * ((-0.00019514630548655987 * t + 0.008332155644893646) * t - 0.16666655242443085) + r;
  let c = t * t * ((2.4432411009911448e-5 * t - 0.0013887309469282627) * t + 0.04166664555668831) + (t * -0.5 + 1.0);
  let y = select(s, c, (q & 1) != 0);
  return select(y, -y, (q & 2) != 0);
}`,
  nan,
  quarterTurns,
);
