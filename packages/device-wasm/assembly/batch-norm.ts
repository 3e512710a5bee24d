// Batch normalisation with the batch's own statistics, and its gradient. Maps are [batch, channels, inner]; indices count channels.
// Absent weights, biases and gradients of the statistics are null pointers.
import { storeFirst } from './activation';
import { addLanes } from './sums';

/** Vectors added up in single precision before the sum goes on in double. */
const BLOCK: usize = 64;

/** What is added up: x, its squared distance from `centre`, or that distance times the gradient beside it. */
const PLAIN = 0, SQUARE = 1, PRODUCT = 2;

@inline
function term(kind: i32, x: v128, centre: v128, other: v128): v128 {
  if (kind == PLAIN) return x;
  const d = f32x4.sub(x, centre);
  return f32x4.mul(d, kind == SQUARE ? d : other);
}

/** Σ term over one channel of all images: `batch` runs of `inner` floats, `step` bytes apart; `apart`: from x to the other factor. */
@inline
function total(kind: i32, batch: usize, inner: usize, step: usize, x: usize, centre: f32, apart: usize): f64 {
  const m = f32x4.splat(centre), zero = f32x4.splat(0);
  let sum: f64 = 0;
  let a = zero, b = zero, c = zero, d = zero;
  let added: usize = 0;
  for (let i = batch; i > 0; i--, x += step) {
    let p = x;
    let vectors = inner >> 2;
    while (vectors > 0) {
      const part = min(vectors, BLOCK);
      vectors -= part;
      let k = part;
      for (; k >= 4; k -= 4, p += 64) {
        a = f32x4.add(a, term(kind, v128.load(p), m, kind == PRODUCT ? v128.load(p + apart) : zero));
        b = f32x4.add(b, term(kind, v128.load(p, 16), m, kind == PRODUCT ? v128.load(p + apart, 16) : zero));
        c = f32x4.add(c, term(kind, v128.load(p, 32), m, kind == PRODUCT ? v128.load(p + apart, 32) : zero));
        d = f32x4.add(d, term(kind, v128.load(p, 48), m, kind == PRODUCT ? v128.load(p + apart, 48) : zero));
      }
      for (; k > 0; k--, p += 16) a = f32x4.add(a, term(kind, v128.load(p), m, kind == PRODUCT ? v128.load(p + apart) : zero));
      added += part;
      if (added >= BLOCK) {
        sum += <f64>addLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
        a = b = c = d = zero;
        added = 0;
      }
    }
    for (let k = inner & 3; k > 0; k--, p += 4) {
      const other = kind == PRODUCT ? v128.load32_zero(p + apart) : zero;
      sum += <f64>f32x4.extract_lane(term(kind, v128.load32_zero(p), m, other), 0);
    }
  }
  return sum + <f64>addLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/** y = (x - mean) / sqrt(variance + eps) · weight + bias, and the two statistics. */
export function batchNormTrain(
  begin: usize, end: usize, batch: usize, channels: usize, inner: usize, eps: f32,
  x: usize, weight: usize, bias: usize, y: usize, mean: usize, variance: usize,
): void {
  const step = (channels * inner) << 2;
  const count = <f64>(batch * inner);
  for (let c = begin; c < end; c++) {
    const o = c << 2;
    const at = (c * inner) << 2;
    const m = <f32>(total(PLAIN, batch, inner, step, x + at, 0, 0) / count);
    const v = <f32>(total(SQUARE, batch, inner, step, x + at, m, 0) / count);
    store<f32>(mean + o, m);
    store<f32>(variance + o, v);
    const w: f32 = weight ? load<f32>(weight + o) : 1;
    const centre = f32x4.splat(m), scale = f32x4.splat(w / sqrt<f32>(v + eps)), shift = f32x4.splat(bias ? load<f32>(bias + o) : 0);
    for (let b: usize = 0; b < batch; b++) {
      let p = x + at + b * step, q = y + at + b * step;
      let i = inner;
      for (; i >= 4; i -= 4, p += 16, q += 16) {
        v128.store(q, f32x4.add(f32x4.mul(f32x4.sub(v128.load(p), centre), scale), shift));
      }
      if (i) storeFirst(q, f32x4.add(f32x4.mul(f32x4.sub(v128.load(p), centre), scale), shift), <i32>i);
    }
  }
}

/**
 * Gradients of input, weight and bias: dx = r·w·(dy - Σdy/n - x̂·Σ(dy·x̂)/n) + dmean/n + 2·(x - mean)·dvariance/n with
 * r = 1/sqrt(variance + eps), x̂ = (x - mean)·r and n values per channel; as a line in dy and x - mean it is one pass.
 */
export function batchNormTrainGrad(
  begin: usize, end: usize, batch: usize, channels: usize, inner: usize, eps: f32, x: usize, dy: usize, mean: usize, variance: usize,
  weight: usize, dmean: usize, dvariance: usize, dx: usize, dw: usize, db: usize,
): void {
  const step = (channels * inner) << 2;
  const n = <f64>(batch * inner);
  for (let c = begin; c < end; c++) {
    const o = c << 2;
    const at = (c * inner) << 2;
    const m = load<f32>(mean + o);
    const r = 1 / sqrt<f64>(<f64>load<f32>(variance + o) + <f64>eps);
    const w: f64 = weight ? <f64>load<f32>(weight + o) : 1;
    const sum = total(PLAIN, batch, inner, step, dy + at, 0, 0);
    const slope = total(PRODUCT, batch, inner, step, x + at, m, dy - x) * r;
    store<f32>(db + o, <f32>sum);
    store<f32>(dw + o, <f32>slope);
    const onGrad = f32x4.splat(<f32>(r * w));
    const onInput = f32x4.splat(<f32>(((dvariance ? 2 * <f64>load<f32>(dvariance + o) : 0) - r * r * w * slope) / n));
    const rest = f32x4.splat(<f32>(((dmean ? <f64>load<f32>(dmean + o) : 0) - r * w * sum) / n));
    const centre = f32x4.splat(m);
    for (let b: usize = 0; b < batch; b++) {
      let p = x + at + b * step;
      const g = dy - x, q = dx - x;
      let i = inner;
      for (; i >= 4; i -= 4, p += 16) v128.store(p + q, line(v128.load(p + g), v128.load(p), centre, onGrad, onInput, rest));
      if (i) storeFirst(p + q, line(v128.load(p + g), v128.load(p), centre, onGrad, onInput, rest), <i32>i);
    }
  }
}

@inline
function line(dy: v128, x: v128, centre: v128, onGrad: v128, onInput: v128, rest: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(dy, onGrad), f32x4.mul(f32x4.sub(x, centre), onInput)), rest);
}
