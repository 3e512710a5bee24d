import { expNegative4 } from './math';
import { rowMax } from './softmax';
import { addLanes } from './sums';

// The softmax inside attention, one row of scores at a time. Rows lie in scratch, padded to whole vectors.

/** Lanes i … i + 3 of a row of n numbers; those past its end are -infinity. */
@inline
function part(p: usize, i: i32, n: i32): v128 {
  const v = v128.load(p + (<usize>i << 2));
  if (n - i >= 4) return v;
  return v128.bitselect(v, f32x4.splat(-Infinity), i32x4.gt_s(i32x4.splat(n - i), i32x4(0, 1, 2, 3)));
}

/** Largest of `before` and the row. */
@inline
export function topOf(p: usize, n: i32, before: f32): f32 {
  return max<f32>(before, rowMax(p, n));
}

/** Turns the row into exp(row - top), zeros up to the next whole vector, and returns the sum. A top of -infinity hides every key. */
export function expRow(p: usize, n: i32, top: f32): f32 {
  const shift = f32x4.splat(top == -Infinity ? 0 : top);
  let sum = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    const e = expNegative4(f32x4.sub(part(p, i, n), shift));
    v128.store(p + (<usize>i << 2), e);
    sum = f32x4.add(sum, e);
  }
  return addLanes(sum);
}

/** exp(before - top): what sums made against an earlier top are worth now. */
@inline
export function correction(before: f32, top: f32): f32 {
  return before == top ? 1 : f32x4.extract_lane(expNegative4(f32x4.splat(before - top)), 0);
}

/** Factor that makes weights out of exponentials; 0 for a query that sees no key. */
@inline
export function inverse(sum: f32): f32 {
  return sum == 0 ? 0 : 1 / sum;
}

/** p[i] *= factor for i < n. */
export function scaleRow(p: usize, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; n >= 4; n -= 4) {
    v128.store(p, f32x4.mul(v128.load(p), f));
    p += 16;
  }
  for (; n > 0; n--) {
    store<f32>(p, load<f32>(p) * factor);
    p += 4;
  }
}
