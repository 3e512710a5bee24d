// Elementwise functions of two operands. `…Flat` takes elements, `…Rows` rows of broadcast operands; within a row an operand
// advances by its element size or stands still (step 0).
import { storeFirst } from './activation';
import { power } from './math';
import { at0, at1, locate } from './strided';

// Codes that src/kernels/binary.ts passes.
const ADD = 0, SUB = 1, MUL = 2, DIV = 3, POW = 4, MAXIMUM = 5, MINIMUM = 6;

@inline
function f(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUB) return f32x4.sub(a, b);
  if (op == MUL) return f32x4.mul(a, b);
  if (op == DIV) return f32x4.div(a, b);
  if (op == MAXIMUM) return f32x4.max(a, b);
  return f32x4.min(a, b);
}

@inline
function loop(op: i32, n: usize, a: usize, sa: usize, b: usize, sb: usize, y: usize): void {
  const ca = v128.load32_splat(a);
  const cb = v128.load32_splat(b);
  const end = y + ((n >> 2) << 4);
  for (; y < end; y += 16) {
    v128.store(y, f(op, sa ? v128.load(a) : ca, sb ? v128.load(b) : cb));
    a += sa << 2;
    b += sb << 2;
  }
  if (n & 3) storeFirst(y, f(op, sa ? v128.load(a) : ca, sb ? v128.load(b) : cb), <i32>(n & 3));
}

function row(op: i32, n: usize, a: usize, sa: usize, b: usize, sb: usize, y: usize): void {
  switch (op) {
    case ADD: return loop(ADD, n, a, sa, b, sb, y);
    case SUB: return loop(SUB, n, a, sa, b, sb, y);
    case MUL: return loop(MUL, n, a, sa, b, sb, y);
    case DIV: return loop(DIV, n, a, sa, b, sb, y);
    case MAXIMUM: return loop(MAXIMUM, n, a, sa, b, sb, y);
    case MINIMUM: return loop(MINIMUM, n, a, sa, b, sb, y);
    default:
      for (let i: usize = 0; i < n; i++) store<f32>(y + (i << 2), power(load<f32>(a + i * sa), load<f32>(b + i * sb)));
  }
}

/** i32: sums and products wrap; quotients round towards zero, and 0 is the quotient by 0. */
function rowI32(op: i32, n: usize, a: usize, sa: usize, b: usize, sb: usize, y: usize): void {
  for (let i: usize = 0; i < n; i++) {
    const p = load<i32>(a + i * sa);
    const q = load<i32>(b + i * sb);
    let r: i32 = 0;
    switch (op) {
      case ADD: r = p + q; break;
      case SUB: r = p - q; break;
      case MUL: r = p * q; break;
      // The one quotient that does not fit would trap.
      case DIV: r = q == 0 ? 0 : q == -1 ? -p : p / q; break;
      case POW: r = powerI32(p, q); break;
      case MAXIMUM: r = max(p, q); break;
      default: r = min(p, q);
    }
    store<i32>(y + (i << 2), r);
  }
}

function powerI32(base: i32, exponent: i32): i32 {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent & 1 ? -1 : 1) : 0;
  let r: i32 = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) r *= base;
    base *= base;
  }
  return r;
}

export function binaryFlat(begin: usize, end: usize, op: i32, integer: i32, a: usize, sa: usize, b: usize, sb: usize, y: usize): void {
  a += begin * sa;
  b += begin * sb;
  y += begin << 2;
  if (integer) rowI32(op, end - begin, a, sa, b, sb, y);
  else row(op, end - begin, a, sa, b, sb, y);
}

export function binaryRows(begin: usize, end: usize, op: i32, integer: i32, n: usize, a: usize, sa: usize, b: usize, sb: usize, y: usize, table: usize): void {
  for (let r = begin; r < end; r++) {
    locate(table, 2, r);
    const to = y + ((r * n) << 2);
    if (integer) rowI32(op, n, a + at0, sa, b + at1, sb, to);
    else row(op, n, a + at0, sa, b + at1, sb, to);
  }
}
