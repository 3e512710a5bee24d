// Cross entropy of rows of logits with class indices, and its gradient; one row at a time, so that nothing of its size is kept.
import { storeFirst } from './activation';
import { exp4, log4 } from './math';
import { addLanes } from './sums';

/** Largest logit of a row, NaN winning. */
@inline
function largest(x: usize, n: i32): f32 {
  let v = f32x4.splat(f32.NEGATIVE_INFINITY);
  let i = 0;
  for (; i + 4 <= n; i += 4) v = f32x4.max(v, v128.load(x + (<usize>i << 2)));
  let top = max<f32>(max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)), max<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
  for (; i < n; i++) top = max<f32>(top, load<f32>(x + (<usize>i << 2)));
  return top;
}

/** exp(x - top) of four logits; 0 past the end of the row. */
@inline
function weights(x: usize, i: i32, n: i32, top: v128): v128 {
  const e = exp4(f32x4.sub(v128.load(x + (<usize>i << 2)), top));
  return n - i >= 4 ? e : v128.and(e, i32x4.gt_s(i32x4.splat(n - i), i32x4(0, 1, 2, 3)));
}

/** Σ exp(x - top). */
@inline
function total(x: usize, n: i32, top: v128): f32 {
  let a = f32x4.splat(0), b = a;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    a = f32x4.add(a, weights(x, i, n, top));
    b = f32x4.add(b, weights(x, i + 4, n, top));
  }
  for (; i < n; i += 4) a = f32x4.add(a, weights(x, i, n, top));
  return addLanes(f32x4.add(a, b));
}

/** Losses of rows [begin, end): 0 where the target is `ignored`, NaN where it is no class. */
export function crossEntropy(
  begin: i32, end: i32, n: i32, ignored: i32, smoothing: f32, x: usize, target: usize, y: usize,
): void {
  for (let r = begin; r < end; r++) {
    const row = x + (<usize>(r * n) << 2);
    const t = load<i32>(target + (<usize>r << 2));
    let loss: f32 = 0;
    if (t != ignored) {
      const top = largest(row, n);
      const norm = f32x4.extract_lane(log4(f32x4.splat(total(row, n, f32x4.splat(top)))), 0);
      const own: f32 = <u32>t < <u32>n ? load<f32>(row + (<usize>t << 2)) : NaN;
      loss = (1 - smoothing) * (norm - (own - top));
      if (smoothing > 0) {
        let sum: f64 = 0;
        for (let i = 0; i < n; i++) sum += <f64>(load<f32>(row + (<usize>i << 2)) - top);
        loss += smoothing * (norm - <f32>(sum / <f64>n));
      }
    }
    store<f32>(y + (<usize>r << 2), loss);
  }
}

/** Gradients of rows [begin, end): (softmax - wanted)·dy·factor; `step` is 4 where every row has a dy of its own, 0 for one of all. */
export function crossEntropyGrad(
  begin: i32, end: i32, n: i32, ignored: i32, smoothing: f32, factor: f32, x: usize, target: usize, dy: usize, step: usize, dx: usize,
): void {
  const even = smoothing / <f32>n;
  for (let r = begin; r < end; r++) {
    const row = x + (<usize>(r * n) << 2);
    const to = dx + (<usize>(r * n) << 2);
    const t = load<i32>(target + (<usize>r << 2));
    if (t == ignored) {
      memory.fill(to, 0, <usize>n << 2);
      continue;
    }
    const top = f32x4.splat(largest(row, n));
    const scale = load<f32>(dy + <usize>r * step) * factor;
    const s = f32x4.splat(scale), e = f32x4.splat(even), q = f32x4.splat(1 / total(row, n, top));
    for (let i = 0; i < n; i += 4) {
      const v = f32x4.mul(f32x4.sub(f32x4.mul(weights(row, i, n, top), q), e), s);
      const p = to + (<usize>i << 2);
      if (n - i >= 4) v128.store(p, v);
      else storeFirst(p, v, n - i);
    }
    if (<u32>t < <u32>n) {
      const p = to + (<usize>t << 2);
      store<f32>(p, load<f32>(p) - (1 - smoothing) * scale);
    }
  }
}
