// Normalisations. Absent weights and biases are null pointers.
import { storeFirst } from './activation';
import { CENTRED, PLAIN, SQUARE, sumRow } from './sums';

/** Rows of `n` to mean 0 and variance 1, in two passes over each. */
export function layerNorm(begin: usize, end: usize, n: usize, eps: f32, x: usize, weight: usize, bias: usize, y: usize): void {
  for (let r = begin; r < end; r++) {
    const row = x + ((r * n) << 2);
    const mean = sumRow(PLAIN, row, n, 0) / <f32>n;
    const variance = sumRow(CENTRED, row, n, mean) / <f32>n;
    affine(n, row, mean, 1 / sqrt<f32>(variance + eps), weight, bias, y + ((r * n) << 2));
  }
}

/** Rows of `n` over the root of their mean square. */
export function rmsNorm(begin: usize, end: usize, n: usize, eps: f32, x: usize, weight: usize, y: usize): void {
  for (let r = begin; r < end; r++) {
    const row = x + ((r * n) << 2);
    const square = sumRow(SQUARE, row, n, 0) / <f32>n;
    affine(n, row, 0, 1 / sqrt<f32>(square + eps), weight, 0, y + ((r * n) << 2));
  }
}

/** (x - mean) · scale · weight + bias. */
function affine(n: usize, x: usize, mean: f32, scale: f32, weight: usize, bias: usize, y: usize): void {
  const m = f32x4.splat(mean), s = f32x4.splat(scale);
  for (let i: usize = 0; i < n; i += 4) {
    const o = i << 2;
    let v = f32x4.mul(f32x4.sub(v128.load(x + o), m), s);
    if (weight) v = f32x4.mul(v, v128.load(weight + o));
    if (bias) v = f32x4.add(v, v128.load(bias + o));
    if (n - i >= 4) v128.store(y + o, v);
    else storeFirst(y + o, v, <i32>(n - i));
  }
}

/** Per channel of [batch, channels, inner] with given statistics; indices count channels over all of the batch. */
export function batchNorm(begin: usize, end: usize, channels: usize, inner: usize, eps: f32, x: usize, mean: usize, variance: usize, weight: usize, bias: usize, y: usize): void {
  for (let r = begin; r < end; r++) {
    const c = (r % channels) << 2;
    const w: f32 = weight ? load<f32>(weight + c) : 1;
    const b: f32 = bias ? load<f32>(bias + c) : 0;
    const m = f32x4.splat(load<f32>(mean + c));
    const s = f32x4.splat(w / sqrt<f32>(load<f32>(variance + c) + eps));
    const t = f32x4.splat(b);
    const at = (r * inner) << 2;
    for (let i: usize = 0; i < inner; i += 4) {
      const o = at + (i << 2);
      const v = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x + o), m), s), t);
      if (inner - i >= 4) v128.store(y + o, v);
      else storeFirst(y + o, v, <i32>(inner - i));
    }
  }
}
