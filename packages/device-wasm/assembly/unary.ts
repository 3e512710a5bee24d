// Elementwise functions of one float: y[i] = f(x[i]) for i in [begin, end). Ranges begin at multiples of 4.
import { erf4, exp4, expm14, log1p4, log4, sigmoid4, sine4, tanh4 } from './math';
import { storeFirst } from './activation';
import { quarterTurns } from './large-angle';

// Which function an inlined loop computes.
const NEG = 0, ABS = 1, SIGN = 2, EXP = 3, EXPM1 = 4, LOG = 5, LOG1P = 6, SQRT = 7, RSQRT = 8, SIN = 9, COS = 10;
const TANH = 11, SIGMOID = 12, ERF = 13, FLOOR = 14, ROUND = 15, RELU = 16, GELU = 17, SILU = 18, HARDSIGMOID = 19, HARDSWISH = 20;

/** clamp(x + 3, 0, 6) / 6. */
@inline
function hardSigmoid4(x: v128): v128 {
  // pmin and pmax keep their first operand when it is NaN.
  const t = f32x4.pmin(f32x4.pmax(f32x4.add(x, f32x4.splat(3)), f32x4.splat(0)), f32x4.splat(6));
  return f32x4.div(t, f32x4.splat(6));
}

@inline
function f(op: i32, x: v128): v128 {
  if (op == NEG) return f32x4.neg(x);
  if (op == ABS) return f32x4.abs(x);
  if (op == SIGN) {
    const above = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
    const below = v128.and(f32x4.lt(x, f32x4.splat(0)), f32x4.splat(1));
    return v128.bitselect(f32x4.sub(above, below), x, f32x4.eq(x, x));
  }
  if (op == EXP) return exp4(x);
  if (op == EXPM1) return expm14(x);
  if (op == LOG) return log4(x);
  if (op == LOG1P) return log1p4(x);
  if (op == SQRT) return f32x4.sqrt(x);
  if (op == RSQRT) return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  if (op == TANH) return tanh4(x);
  if (op == SIGMOID) return sigmoid4(x);
  if (op == ERF) return erf4(x);
  if (op == FLOOR) return f32x4.floor(x);
  if (op == ROUND) return f32x4.nearest(x);
  if (op == RELU) return f32x4.pmax(x, f32x4.splat(0));
  if (op == GELU) {
    const half = f32x4.mul(x, f32x4.splat(0.5));
    return f32x4.mul(half, f32x4.add(erf4(f32x4.mul(x, f32x4.splat(0.70710678118654752))), f32x4.splat(1)));
  }
  if (op == SILU) return f32x4.mul(x, sigmoid4(x));
  if (op == HARDSIGMOID) return hardSigmoid4(x);
  return f32x4.mul(x, hardSigmoid4(x));
}

@inline
function loop(op: i32, begin: usize, end: usize, x: usize, y: usize): void {
  const shift = y - x;
  let p = x + (begin << 2);
  const last = x + (end << 2);
  // One body for whole vectors and the rest: the functions are long.
  for (; p < last; p += 16) {
    const v = f(op, v128.load(p));
    const left = last - p;
    if (left < 16) storeFirst(p + shift, v, <i32>(left >> 2));
    else v128.store(p + shift, v);
  }
}

/** Beyond it the reduction in double precision runs out of digits. */
const LARGE: f32 = 1e6;

function sineLoop(begin: usize, end: usize, quarters: i32, x: usize, y: usize): void {
  for (let i = begin; i < end; i += 4) {
    const angle = v128.load(x + (i << 2));
    const large = f32x4.gt(f32x4.abs(angle), f32x4.splat(LARGE));
    const v = v128.any_true(large) ? largeSine4(angle, quarters) : sine4(angle, i32x4.splat(quarters));
    if (end - i >= 4) v128.store(y + (i << 2), v);
    else storeFirst(y + (i << 2), v, <i32>(end - i));
  }
}

/** As sine4, with large lanes replaced by what is left of them beside whole quarter turns. */
function largeSine4(x: v128, quarters: i32): v128 {
  let q = i32x4.splat(quarters);
  let r = x;
  for (let lane = 0; lane < 4; lane++) {
    const angle = f32x4.extract_lane(x, 0);
    if (Mathf.abs(angle) > LARGE && isFinite<f32>(angle)) {
      const turns = quarterTurns(angle);
      const nearest = (turns + (1 << 61)) >> 62;
      const rest = <f32>(<f64>(<i64>(turns - (nearest << 62))) * 3.4061215800865545e-19);
      const whole = i32x4.extract_lane(q, 0) + (angle < 0 ? -(<i32>nearest) : <i32>nearest);
      r = f32x4.replace_lane(r, 0, angle < 0 ? -rest : rest);
      q = i32x4.replace_lane(q, 0, whole);
    }
    // Every lane comes by at position 0; after four steps each is back in its place.
    x = v128.shuffle<i32>(x, x, 1, 2, 3, 0);
    r = v128.shuffle<i32>(r, r, 1, 2, 3, 0);
    q = v128.shuffle<i32>(q, q, 1, 2, 3, 0);
  }
  return sine4(r, q);
}

// One export per function: in a single large one the engine runs out of registers.
export function negF32(begin: usize, end: usize, x: usize, y: usize): void { loop(NEG, begin, end, x, y); }
export function absF32(begin: usize, end: usize, x: usize, y: usize): void { loop(ABS, begin, end, x, y); }
export function signF32(begin: usize, end: usize, x: usize, y: usize): void { loop(SIGN, begin, end, x, y); }
export function expF32(begin: usize, end: usize, x: usize, y: usize): void { loop(EXP, begin, end, x, y); }
export function expm1F32(begin: usize, end: usize, x: usize, y: usize): void { loop(EXPM1, begin, end, x, y); }
export function logF32(begin: usize, end: usize, x: usize, y: usize): void { loop(LOG, begin, end, x, y); }
export function log1pF32(begin: usize, end: usize, x: usize, y: usize): void { loop(LOG1P, begin, end, x, y); }
export function sqrtF32(begin: usize, end: usize, x: usize, y: usize): void { loop(SQRT, begin, end, x, y); }
export function rsqrtF32(begin: usize, end: usize, x: usize, y: usize): void { loop(RSQRT, begin, end, x, y); }
export function sinF32(begin: usize, end: usize, x: usize, y: usize): void { sineLoop(begin, end, 0, x, y); }
export function cosF32(begin: usize, end: usize, x: usize, y: usize): void { sineLoop(begin, end, 1, x, y); }
export function tanhF32(begin: usize, end: usize, x: usize, y: usize): void { loop(TANH, begin, end, x, y); }
export function sigmoidF32(begin: usize, end: usize, x: usize, y: usize): void { loop(SIGMOID, begin, end, x, y); }
export function erfF32(begin: usize, end: usize, x: usize, y: usize): void { loop(ERF, begin, end, x, y); }
export function floorF32(begin: usize, end: usize, x: usize, y: usize): void { loop(FLOOR, begin, end, x, y); }
export function roundF32(begin: usize, end: usize, x: usize, y: usize): void { loop(ROUND, begin, end, x, y); }
export function reluF32(begin: usize, end: usize, x: usize, y: usize): void { loop(RELU, begin, end, x, y); }
export function geluF32(begin: usize, end: usize, x: usize, y: usize): void { loop(GELU, begin, end, x, y); }
export function siluF32(begin: usize, end: usize, x: usize, y: usize): void { loop(SILU, begin, end, x, y); }
export function hardsigmoidF32(begin: usize, end: usize, x: usize, y: usize): void { loop(HARDSIGMOID, begin, end, x, y); }
export function hardswishF32(begin: usize, end: usize, x: usize, y: usize): void { loop(HARDSWISH, begin, end, x, y); }

// The four of them that take i32. Negation and absolute value wrap, as the machine's.

@inline
function integers(op: i32, begin: usize, end: usize, x: usize, y: usize): void {
  for (let i = begin; i < end; i++) {
    const v = load<i32>(x + (i << 2));
    let r: i32;
    if (op == NEG) r = -v;
    else if (op == ABS) r = v < 0 ? -v : v;
    else if (op == SIGN) r = i32(v > 0) - i32(v < 0);
    else r = v > 0 ? v : 0;
    store<i32>(y + (i << 2), r);
  }
}

export function negI32(begin: usize, end: usize, x: usize, y: usize): void { integers(NEG, begin, end, x, y); }
export function absI32(begin: usize, end: usize, x: usize, y: usize): void { integers(ABS, begin, end, x, y); }
export function signI32(begin: usize, end: usize, x: usize, y: usize): void { integers(SIGN, begin, end, x, y); }
export function reluI32(begin: usize, end: usize, x: usize, y: usize): void { integers(RELU, begin, end, x, y); }
