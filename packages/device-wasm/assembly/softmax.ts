// softmax and log_softmax of [outer, n, inner] along n.
import { storeFirst } from './activation';
import { exp4, log4 } from './math';
import { addLanes } from './sums';

/** inner = 1: one row after the other. Exponentials are kept in the output and scaled in a last pass. */
export function softmaxRows(begin: usize, end: usize, logarithm: i32, n: usize, x: usize, y: usize): void {
  for (let r = begin; r < end; r++) {
    const from = x + ((r * n) << 2);
    const to = y + ((r * n) << 2);
    const top = f32x4.splat(rowMax(from, n));
    let s = f32x4.splat(0);
    for (let i: usize = 0; i < n; i += 4) {
      const e = exp4(f32x4.sub(row4(from, i, n), top));
      if (!logarithm) put(to + (i << 2), e, n - i);
      s = f32x4.add(s, e);
    }
    const total = f32x4.splat(addLanes(s));
    const factor = f32x4.div(f32x4.splat(1), total);
    const shift = logarithm ? log4(total) : total;
    for (let i: usize = 0; i < n; i += 4) {
      const o = i << 2;
      if (logarithm) put(to + o, f32x4.sub(f32x4.sub(v128.load(from + o), top), shift), n - i);
      else put(to + o, f32x4.mul(v128.load(to + o), factor), n - i);
    }
  }
}

/** Four elements of a row; those past its end are -infinity, which neither the maximum nor the sum of exponentials notices. */
@inline
function row4(x: usize, i: usize, n: usize): v128 {
  const v = v128.load(x + (i << 2));
  if (n - i >= 4) return v;
  return v128.bitselect(v, f32x4.splat(f32.NEGATIVE_INFINITY), i32x4.gt_u(i32x4.splat(<i32>(n - i)), i32x4(0, 1, 2, 3)));
}

@inline
function put(p: usize, v: v128, left: usize): void {
  if (left >= 4) v128.store(p, v);
  else storeFirst(p, v, <i32>left);
}

/** Largest of n numbers; NaN is passed over. */
export function rowMax(x: usize, n: usize): f32 {
  let v = f32x4.splat(f32.NEGATIVE_INFINITY);
  // pmax drops NaN now and then, but any NaN reaches the sum of exponentials.
  for (let i: usize = 0; i < n; i += 4) v = f32x4.pmax(v, row4(x, i, n));
  v = f32x4.pmax(v, v128.shuffle<i64>(v, v, 1, 0));
  return max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1));
}

/** Four columns at a time; indices count groups of four columns over all of `outer`. */
export function softmaxColumns(begin: usize, end: usize, logarithm: i32, n: usize, inner: usize, x: usize, y: usize): void {
  const groups = (inner + 3) >> 2;
  const step = inner << 2;
  for (let g = begin; g < end; g++) {
    const outer = g / groups;
    const column = (g - outer * groups) << 2;
    const at = (outer * n * inner + column) << 2;
    const left = inner - column;
    let p = x + at;
    let top = v128.load(p);
    for (let i: usize = 1; i < n; i++) top = f32x4.max(top, v128.load((p += step)));
    p = x + at;
    let q = y + at;
    let s = f32x4.splat(0);
    for (let i: usize = 0; i < n; i++, p += step, q += step) {
      const e = exp4(f32x4.sub(v128.load(p), top));
      if (!logarithm) put(q, e, left);
      s = f32x4.add(s, e);
    }
    const shift = logarithm ? log4(s) : s;
    const scale = f32x4.div(f32x4.splat(1), s);
    p = x + at;
    q = y + at;
    for (let i: usize = 0; i < n; i++, p += step, q += step) {
      if (logarithm) put(q, f32x4.sub(f32x4.sub(v128.load(p), top), shift), left);
      else put(q, f32x4.mul(v128.load(q), scale), left);
    }
  }
}
