// Comparisons and choices; results of comparisons are bytes 0 or 1.
import { storeFirst } from './activation';
import { loadNumber } from './cast';
import { at0, at1, at2, locate } from './strided';

// Codes that src/kernels/compare.ts passes.
const EQ = 0, NE = 1, LT = 2, LE = 3, GT = 4, GE = 5, AND = 6;

@inline
function f(op: i32, a: v128, b: v128): v128 {
  if (op == EQ) return f32x4.eq(a, b);
  if (op == NE) return f32x4.ne(a, b);
  if (op == LT) return f32x4.lt(a, b);
  return f32x4.le(a, b);
}

/** Four comparisons at a time, as four bytes. */
@inline
function loop(op: i32, n: usize, a: usize, sa: usize, b: usize, sb: usize, y: usize): void {
  const ca = v128.load32_splat(a);
  const cb = v128.load32_splat(b);
  for (let i: usize = 0; i < n; i += 4) {
    const mask = f(op, sa ? v128.load(a) : ca, sb ? v128.load(b) : cb);
    const words = i16x8.narrow_i32x4_s(mask, mask);
    const bytes = i32x4.extract_lane(v128.and(i8x16.narrow_i16x8_s(words, words), i8x16.splat(1)), 0);
    if (n - i >= 4) store<i32>(y + i, bytes);
    else for (let k: usize = 0; k < n - i; k++) store<u8>(y + i + k, <u8>(bytes >> (<i32>k << 3)));
    a += sa << 2;
    b += sb << 2;
  }
}

function row(op: i32, kind: i32, n: usize, a: usize, sa: usize, b: usize, sb: usize, y: usize): void {
  if (kind == 0) {
    if (op == EQ) return loop(EQ, n, a, sa, b, sb, y);
    if (op == NE) return loop(NE, n, a, sa, b, sb, y);
    if (op == LT) return loop(LT, n, a, sa, b, sb, y);
    if (op == LE) return loop(LE, n, a, sa, b, sb, y);
    if (op == GT) return loop(LT, n, b, sb, a, sa, y);
    return loop(LE, n, b, sb, a, sa, y);
  }
  for (let i: usize = 0; i < n; i++) {
    const p = loadNumber(kind, a + i * sa);
    const q = loadNumber(kind, b + i * sb);
    let r: bool;
    switch (op) {
      case EQ: r = p == q; break;
      case NE: r = p != q; break;
      case LT: r = p < q; break;
      case LE: r = p <= q; break;
      case GT: r = p > q; break;
      case GE: r = p >= q; break;
      case AND: r = p != 0 && q != 0; break;
      default: r = p != 0 || q != 0;
    }
    store<u8>(y + i, <u8>r);
  }
}

export function compareFlat(begin: usize, end: usize, op: i32, kind: i32, a: usize, sa: usize, b: usize, sb: usize, y: usize): void {
  row(op, kind, end - begin, a + begin * sa, sa, b + begin * sb, sb, y + begin);
}

export function compareRows(begin: usize, end: usize, op: i32, kind: i32, n: usize, a: usize, sa: usize, b: usize, sb: usize, y: usize, table: usize): void {
  for (let r = begin; r < end; r++) {
    locate(table, 2, r);
    row(op, kind, n, a + at0, sa, b + at1, sb, y + r * n);
  }
}

export function logicalNot(begin: usize, end: usize, x: usize, y: usize): void {
  for (let i = begin; i < end; i++) store<u8>(y + i, <u8>(load<u8>(x + i) == 0));
}

/** y = condition ? a : b for 4-byte elements; the bits are copied, so the type does not matter. */
export function whereRows(begin: usize, end: usize, n: usize, condition: usize, sc: usize, a: usize, sa: usize, b: usize, sb: usize, y: usize, table: usize): void {
  for (let r = begin; r < end; r++) {
    locate(table, 3, r);
    let pc = condition + at0, pa = a + at1, pb = b + at2, to = y + ((r * n) << 2);
    const cc = i32x4.splat(-<i32>(load<u8>(pc) != 0));
    const ca = v128.load32_splat(pa);
    const cb = v128.load32_splat(pb);
    for (let i: usize = 0; i < n; i += 4, to += 16) {
      let mask = cc;
      if (sc) {
        const words = i16x8.extend_low_i8x16_u(v128.load32_zero(pc));
        mask = i32x4.ne(i32x4.extend_low_i16x8_u(words), i32x4.splat(0));
      }
      const v = v128.bitselect(sa ? v128.load(pa) : ca, sb ? v128.load(pb) : cb, mask);
      if (n - i >= 4) v128.store(to, v);
      else storeFirst(to, v, <i32>(n - i));
      pc += sc << 2;
      pa += sa << 2;
      pb += sb << 2;
    }
  }
}
