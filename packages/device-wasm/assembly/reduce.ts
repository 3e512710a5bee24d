// Reductions of [outer, n, inner] over n. `…Rows` is the case inner = 1; else four columns at a time. The order is fixed by the shape.
import { storeFirst } from './activation';
import { PLAIN, sumRow } from './sums';

// Codes that src/kernels/reduce.ts passes.
const SUM = 0, PROD = 1, AMAX = 2;

/** `divisor` turns a sum into a mean. */
export function reduceRows(begin: usize, end: usize, op: i32, n: usize, divisor: f32, x: usize, y: usize): void {
  for (let r = begin; r < end; r++) {
    const row = x + ((r * n) << 2);
    let v: f32;
    if (op == SUM) v = sumRow(PLAIN, row, n, 0) / divisor;
    else if (op == PROD) v = product(row, n, 4);
    else v = extremum(row, n, op == AMAX);
    store<f32>(y + (r << 2), v);
  }
}

/** Indices count groups of four columns over all of `outer`. */
export function reduceColumns(begin: usize, end: usize, op: i32, n: usize, inner: usize, divisor: f32, x: usize, y: usize): void {
  const groups = (inner + 3) >> 2;
  const step = inner << 2;
  for (let g = begin; g < end; g++) {
    const outer = g / groups;
    const column = (g - outer * groups) << 2;
    const left = inner - column;
    const from = x + ((outer * n * inner + column) << 2);
    const to = y + ((outer * inner + column) << 2);
    if (op == PROD) {
      for (let k: usize = 0; k < min<usize>(left, 4); k++) store<f32>(to + (k << 2), product(from + (k << 2), n, step));
      continue;
    }
    let v: v128;
    if (op == SUM) v = f32x4.div(sumColumns(from, n, step), f32x4.splat(divisor));
    else if (op == AMAX) v = extremeColumns(from, n, step, true);
    else v = extremeColumns(from, n, step, false);
    if (left >= 4) v128.store(to, v);
    else storeFirst(to, v, <i32>left);
  }
}

/** Blocks of 64 rows, joined with Kahan's compensation. */
function sumColumns(x: usize, n: usize, step: usize): v128 {
  const zero = f32x4.splat(0);
  let total = zero, lost = zero;
  while (n > 0) {
    const block = min<usize>(n, 64);
    n -= block;
    let s = zero;
    for (let i = block; i > 0; i--, x += step) s = f32x4.add(s, v128.load(x));
    s = f32x4.sub(s, lost);
    const next = f32x4.add(total, s);
    // The compensation of an infinite sum is no number and must not spread.
    lost = f32x4.sub(f32x4.sub(next, total), s);
    lost = v128.and(lost, f32x4.eq(lost, lost));
    total = next;
  }
  return total;
}

@inline
function extremeColumns(x: usize, n: usize, step: usize, largest: bool): v128 {
  let v = v128.load(x);
  for (let i: usize = 1; i < n; i++) {
    x += step;
    v = largest ? f32x4.max(v, v128.load(x)) : f32x4.min(v, v128.load(x));
  }
  return v;
}

/** In double precision, where the product of many floats neither overflows nor underflows soon. */
function product(x: usize, n: usize, step: usize): f32 {
  let p: f64 = 1;
  for (; n > 0; n--, x += step) p *= <f64>load<f32>(x);
  return <f32>p;
}

function extremum(x: usize, n: usize, largest: bool): f32 {
  let v = v128.load32_splat(x);
  const end = x + ((n >> 2) << 4);
  if (largest) for (; x < end; x += 16) v = f32x4.max(v, v128.load(x));
  else for (; x < end; x += 16) v = f32x4.min(v, v128.load(x));
  const w = v128.shuffle<i64>(v, v, 1, 0);
  v = largest ? f32x4.max(v, w) : f32x4.min(v, w);
  let r = join(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1), largest);
  for (let i = n & 3; i > 0; i--, x += 4) r = join(r, load<f32>(x), largest);
  return r;
}

@inline
function join(a: f32, b: f32, largest: bool): f32 {
  return largest ? max<f32>(a, b) : min<f32>(a, b);
}

/** Wrapping sums of i32; indices count columns over all of `outer`. */
export function sumI32(begin: usize, end: usize, n: usize, inner: usize, x: usize, y: usize): void {
  for (let c = begin; c < end; c++) {
    const outer = c / inner;
    let p = x + ((outer * n * inner + c - outer * inner) << 2);
    let s: i32 = 0;
    for (let i: usize = 0; i < n; i++, p += inner << 2) s += load<i32>(p);
    store<i32>(y + (c << 2), s);
  }
}

/** First position of the largest value; NaN counts as largest. */
export function argmax(begin: usize, end: usize, n: usize, inner: usize, x: usize, y: usize): void {
  for (let c = begin; c < end; c++) {
    const outer = c / inner;
    let p = x + ((outer * n * inner + c - outer * inner) << 2);
    let best = load<f32>(p);
    let at: usize = 0;
    for (let i: usize = 1; i < n && best == best; i++) {
      p += inner << 2;
      const v = load<f32>(p);
      if (v > best || v != v) {
        best = v;
        at = i;
      }
    }
    store<i32>(y + (c << 2), <i32>at);
  }
}

/** Running sums along n, carried in double precision; i32 wraps. */
export function cumsum(begin: usize, end: usize, integer: i32, n: usize, inner: usize, x: usize, y: usize): void {
  const step = inner << 2;
  for (let c = begin; c < end; c++) {
    const outer = c / inner;
    let at = (outer * n * inner + c - outer * inner) << 2;
    let sum: f64 = 0;
    let whole: i32 = 0;
    for (let i: usize = 0; i < n; i++, at += step) {
      if (integer) store<i32>(y + at, (whole += load<i32>(x + at)));
      else store<f32>(y + at, <f32>(sum += <f64>load<f32>(x + at)));
    }
  }
}
