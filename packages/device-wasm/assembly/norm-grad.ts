// Gradients of normalisations of rows. Sums over rows are taken in blocks of a fixed number, so that the order of additions does not
// depend on threads; the host adds the blocks up. Absent weights are null pointers.
import { storeFirst } from './activation';
import { addLanes, CENTRED, PLAIN, sumRow } from './sums';

/** Rows per index. */
const ROWS: usize = 32;

/** What a row's gradient needs to know of it. */
let mean: f32 = 0, scale: f32 = 0, lift: f32 = 0, slope: f32 = 0;

/** Means of g and g·x̂ over a row, g = dy·weight. */
@inline
function measure(n: usize, x: usize, dy: usize, weight: usize): void {
  const m = f32x4.splat(mean);
  let a = f32x4.splat(0), b = a;
  let i: usize = 0;
  for (; i + 4 <= n; i += 4) {
    const o = i << 2;
    let g = v128.load(dy + o);
    if (weight) g = f32x4.mul(g, v128.load(weight + o));
    a = f32x4.add(a, g);
    b = f32x4.add(b, f32x4.mul(g, f32x4.sub(v128.load(x + o), m)));
  }
  let sum = addLanes(a), product = addLanes(b);
  for (; i < n; i++) {
    const o = i << 2;
    const g = load<f32>(dy + o) * (weight ? load<f32>(weight + o) : 1);
    sum += g;
    product += g * (load<f32>(x + o) - mean);
  }
  lift = sum / <f32>n;
  slope = product * scale / <f32>n;
}

/** dx = scale·(g - lift - x̂·slope) of one row, and its share of the sums of dy·x̂ and dy. */
@inline
function spread(n: usize, x: usize, dy: usize, weight: usize, dx: usize, dw: usize, db: usize): void {
  const m = f32x4.splat(mean), s = f32x4.splat(scale), l = f32x4.splat(lift), k = f32x4.splat(slope);
  for (let i: usize = 0; i < n; i += 4) {
    const o = i << 2;
    const xhat = f32x4.mul(f32x4.sub(v128.load(x + o), m), s);
    const d = v128.load(dy + o);
    const g = weight ? f32x4.mul(d, v128.load(weight + o)) : d;
    const v = f32x4.mul(s, f32x4.sub(f32x4.sub(g, l), f32x4.mul(xhat, k)));
    // Rows of the partial sums are whole vectors long.
    v128.store(dw + o, f32x4.add(v128.load(dw + o), f32x4.mul(d, xhat)));
    if (db) v128.store(db + o, f32x4.add(v128.load(db + o), d));
    if (n - i >= 4) v128.store(dx + o, v);
    else storeFirst(dx + o, v, <i32>(n - i));
  }
}

/**
 * Blocks [begin, end) of 32 of `rows` rows of `n`. `centred` 1: layer norm, 0: root mean square norm. dw and db (or 0): partial sums
 * `[blocks][step]`, step = n rounded up to whole vectors.
 */
export function rowNormGrad(
  begin: usize, end: usize, rows: usize, n: usize, centred: i32, eps: f32, x: usize, dy: usize, weight: usize,
  dx: usize, dw: usize, db: usize,
): void {
  const bytes = n << 2;
  const step = ((n + 3) & ~3) << 2;
  for (let block = begin; block < end; block++) {
    const w = dw + block * step;
    const b = db ? db + block * step : 0;
    memory.fill(w, 0, step);
    if (b) memory.fill(b, 0, step);
    for (let r = block * ROWS; r < min(rows, (block + 1) * ROWS); r++) {
      const at = r * bytes;
      mean = centred ? sumRow(PLAIN, x + at, n, 0) / <f32>n : 0;
      scale = 1 / sqrt<f32>(sumRow(CENTRED, x + at, n, mean) / <f32>n + eps);
      measure(n, x + at, dy + at, weight);
      if (!centred) lift = 0;
      spread(n, x + at, dy + at, weight, dx + at, w, b);
    }
  }
}
