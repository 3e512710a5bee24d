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

/** Columns per index of `reduceColumns`: a cache line of floats. */
const STRIP: usize = 16;

/** Indices count strips of 16 columns over all of `outer`. */
export function reduceColumns(begin: usize, end: usize, op: i32, n: usize, inner: usize, divisor: f32, x: usize, y: usize): void {
  const strips = (inner + STRIP - 1) / STRIP;
  const step = inner << 2;
  for (let g = begin; g < end; g++) {
    const outer = g / strips;
    const first = (g - outer * strips) * STRIP;
    const left = min(inner - first, STRIP);
    const from = x + ((outer * n * inner + first) << 2);
    const to = y + ((outer * inner + first) << 2);
    if (op == SUM && left == STRIP) {
      sumStrip(from, n, step, divisor, to);
      continue;
    }
    for (let c: usize = 0; c < left; c += 4) {
      const p = from + (c << 2), q = to + (c << 2), count = left - c;
      if (op == PROD) {
        for (let k: usize = 0; k < min<usize>(count, 4); k++) store<f32>(q + (k << 2), product(p + (k << 2), n, step));
        continue;
      }
      const v = op == SUM ? f32x4.div(sumColumns(p, n, step), f32x4.splat(divisor)) : op == AMAX ? extremes(p, n, step, true) : extremes(p, n, step, false);
      if (count >= 4) v128.store(q, v);
      else storeFirst(q, v, <i32>count);
    }
  }
}

/** Rows per block of column sums; blocks are joined with Kahan's compensation. */
const BLOCK: usize = 64;

/** What `next = total + s` lost in rounding; nothing where the sum is infinite, whose difference would be no number. */
@inline
function lossOf(next: v128, total: v128, s: v128): v128 {
  const lost = f32x4.sub(f32x4.sub(next, total), s);
  return v128.and(lost, f32x4.eq(lost, lost));
}

/** Four columns. */
function sumColumns(x: usize, n: usize, step: usize): v128 {
  let total = f32x4.splat(0), lost = total;
  while (n > 0) {
    const block = min(n, BLOCK);
    n -= block;
    let s = f32x4.splat(0);
    for (let i = block; i > 0; i--, x += step) s = f32x4.add(s, v128.load(x));
    s = f32x4.sub(s, lost);
    const next = f32x4.add(total, s);
    lost = lossOf(next, total, s);
    total = next;
  }
  return total;
}

/** Sixteen columns in the same order, so that every cache line is read once. */
function sumStrip(x: usize, n: usize, step: usize, divisor: f32, y: usize): void {
  const zero = f32x4.splat(0);
  let t0 = zero, t1 = zero, t2 = zero, t3 = zero;
  let l0 = zero, l1 = zero, l2 = zero, l3 = zero;
  while (n > 0) {
    const block = min(n, BLOCK);
    n -= block;
    let a = zero, b = zero, c = zero, d = zero;
    for (let i = block; i > 0; i--, x += step) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
      c = f32x4.add(c, v128.load(x, 32));
      d = f32x4.add(d, v128.load(x, 48));
    }
    a = f32x4.sub(a, l0);
    b = f32x4.sub(b, l1);
    c = f32x4.sub(c, l2);
    d = f32x4.sub(d, l3);
    const n0 = f32x4.add(t0, a), n1 = f32x4.add(t1, b), n2 = f32x4.add(t2, c), n3 = f32x4.add(t3, d);
    l0 = lossOf(n0, t0, a);
    l1 = lossOf(n1, t1, b);
    l2 = lossOf(n2, t2, c);
    l3 = lossOf(n3, t3, d);
    t0 = n0;
    t1 = n1;
    t2 = n2;
    t3 = n3;
  }
  const q = f32x4.splat(divisor);
  v128.store(y, f32x4.div(t0, q));
  v128.store(y, f32x4.div(t1, q), 16);
  v128.store(y, f32x4.div(t2, q), 32);
  v128.store(y, f32x4.div(t3, q), 48);
}

/** Column by column, NaN winning; pmax and pmin are single instructions, but forget it, so a mask remembers. */
@inline
function extremes(x: usize, n: usize, step: usize, largest: bool): v128 {
  let v = v128.load(x);
  let number = f32x4.eq(v, v);
  for (let i: usize = 1; i < n; i++) {
    x += step;
    const next = v128.load(x);
    v = largest ? f32x4.pmax(v, next) : f32x4.pmin(v, next);
    number = v128.and(number, f32x4.eq(next, next));
  }
  return v128.bitselect(v, f32x4.splat(NaN), number);
}

/** In double precision, where the product of many floats neither overflows nor underflows soon. */
function product(x: usize, n: usize, step: usize): f32 {
  let p: f64 = 1;
  for (; n > 0; n--, x += step) p *= <f64>load<f32>(x);
  return <f32>p;
}

/** Whole vectors as four columns of a matrix, then the rest one by one. */
function extremum(x: usize, n: usize, largest: bool): f32 {
  const vectors = n >> 2;
  let r = load<f32>(x);
  if (vectors) {
    const v = largest ? extremes(x, vectors, 16, true) : extremes(x, vectors, 16, false);
    r = join(join(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1), largest), join(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3), largest), largest);
  }
  for (let i = vectors << 2; i < n; i++) r = join(r, load<f32>(x + (i << 2)), largest);
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
