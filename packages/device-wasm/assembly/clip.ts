import { storeFirst } from './activation';
import { SQUARE, sumRow } from './sums';

/** Units [begin, end) of `n` floats: gradients made at most `factor` times as long as the weights, which count as no shorter than `eps`. */
export function clipUnitNorm(begin: usize, end: usize, n: usize, factor: f32, eps: f32, grad: usize, param: usize, y: usize): void {
  for (let u = begin; u < end; u++) {
    const at = (u * n) << 2;
    const most = max<f32>(sqrt<f32>(sumRow(SQUARE, param + at, n, 0)), eps) * factor;
    const norm = sqrt<f32>(sumRow(SQUARE, grad + at, n, 0));
    const scale = f32x4.splat(norm < most ? 1 : most / max<f32>(norm, 1e-6));
    for (let i: usize = 0; i < n; i += 4) {
      const o = at + (i << 2);
      const v = f32x4.mul(v128.load(grad + o), scale);
      if (n - i >= 4) v128.store(y + o, v);
      else storeFirst(y + o, v, <i32>(n - i));
    }
  }
}
