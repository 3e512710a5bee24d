// x / sqrt(mean(x²) + eps) · weight · activation(gate) over rows of n, and its gradients. An absent weight is a null pointer.
import { storeFirst } from '../../../packages/device-wasm/assembly/activation';
import { sigmoid4 } from '../../../packages/device-wasm/assembly/math';
import { SQUARE, sumRow } from '../../../packages/device-wasm/assembly/sums';

/** Rows per index of the gradient: sums over rows are taken in blocks, so that their order does not depend on threads. */
const ROWS: usize = 32;

@inline
function put(p: usize, v: v128, left: usize): void {
  if (left >= 4) v128.store(p, v);
  else storeFirst(p, v, <i32>left);
}

@inline
function scaleOf(n: usize, eps: f32, x: usize): f32 {
  return 1 / sqrt<f32>(sumRow(SQUARE, x, n, 0) / <f32>n + eps);
}

/** Rows [begin, end). `swish` 1: the gate acts as g·sigmoid(g), 0: as sigmoid(g). */
export function rmsNormGated(
  begin: usize, end: usize, n: usize, eps: f32, swish: i32, x: usize, gate: usize, weight: usize, y: usize,
): void {
  for (let r = begin; r < end; r++) {
    const at = (r * n) << 2;
    const scale = f32x4.splat(scaleOf(n, eps, x + at));
    for (let i: usize = 0; i < n; i += 4) {
      const o = i << 2;
      const g = v128.load(gate + at + o);
      let a = sigmoid4(g);
      if (swish) a = f32x4.mul(g, a);
      let v = f32x4.mul(v128.load(x + at + o), scale);
      if (weight) v = f32x4.mul(v, v128.load(weight + o));
      put(y + at + o, f32x4.mul(v, a), n - i);
    }
  }
}

/**
 * Blocks [begin, end) of 32 of `rows` rows: gradients of x and gate, and partial sums dw `[blocks][step]` of the weight's, step = n rounded
 * up to whole vectors. `room`: `step` floats for each block.
 */
export function rmsNormGatedGrad(
  begin: usize, end: usize, rows: usize, n: usize, eps: f32, swish: i32, x: usize, gate: usize, dy: usize, weight: usize,
  dx: usize, dg: usize, dw: usize, room: usize,
): void {
  const one = f32x4.splat(1);
  const step = ((n + 3) & ~3) << 2;
  for (let block = begin; block < end; block++) {
    const sums = dw + block * step;
    const own = room + block * step;
    memory.fill(sums, 0, step);
    for (let r = block * ROWS; r < min(rows, (block + 1) * ROWS); r++) {
      const at = (r * n) << 2;
      const scale = scaleOf(n, eps, x + at);
      const s = f32x4.splat(scale);
      let product: f32 = 0;
      for (let i: usize = 0; i < n; i += 4) {
        const o = i << 2;
        const g = v128.load(gate + at + o), d = v128.load(dy + at + o);
        const e = sigmoid4(g);
        const a = swish ? f32x4.mul(g, e) : e;
        const slope = swish
          ? f32x4.mul(e, f32x4.add(one, f32x4.mul(g, f32x4.sub(one, e))))
          : f32x4.mul(e, f32x4.sub(one, e));
        const xhat = f32x4.mul(v128.load(x + at + o), s);
        // The gradient of the norm's result without its weight, kept for the second pass.
        const inner = f32x4.mul(d, a);
        const t = weight ? f32x4.mul(inner, v128.load(weight + o)) : inner;
        const p = f32x4.mul(t, xhat);
        product += f32x4.extract_lane(p, 0);
        if (n - i > 1) product += f32x4.extract_lane(p, 1);
        if (n - i > 2) product += f32x4.extract_lane(p, 2);
        if (n - i > 3) product += f32x4.extract_lane(p, 3);
        v128.store(own + o, t);
        v128.store(sums + o, f32x4.add(v128.load(sums + o), f32x4.mul(inner, xhat)));
        const normed = weight ? f32x4.mul(xhat, v128.load(weight + o)) : xhat;
        put(dg + at + o, f32x4.mul(d, f32x4.mul(normed, slope)), n - i);
      }
      const k = f32x4.splat(product / <f32>n);
      for (let i: usize = 0; i < n; i += 4) {
        const o = i << 2;
        const xhat = f32x4.mul(v128.load(x + at + o), s);
        put(dx + at + o, f32x4.mul(s, f32x4.sub(v128.load(own + o), f32x4.mul(xhat, k))), n - i);
      }
    }
  }
}

/** Columns [begin, end): y[c] = Σ over blocks of x[block][c], rows `step` bytes apart. */
export function sumBlocks(begin: usize, end: usize, blocks: usize, step: usize, x: usize, y: usize): void {
  for (let c = begin; c < end; c++) {
    let sum: f64 = 0;
    for (let b: usize = 0; b < blocks; b++) sum += <f64>load<f32>(x + b * step + (c << 2));
    store<f32>(y + (c << 2), <f32>sum);
  }
}
