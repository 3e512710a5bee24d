// One step of AdamW on elements [begin, end): each is read and written once.
import { storeFirst } from './activation';

/**
 * m' = β1·m + (1 - β1)·g, v' = β2·v + (1 - β2)·g², p' = keep·p - rate·m' / (√v'·correct + eps). `correct` is 1/√(1 - β2^step), `rate` is
 * lr/(1 - β1^step), `keep` is 1 - lr·decay: the host computes them in double precision. Ranges begin at multiples of 4.
 */
export function adamw(
  begin: usize, end: usize, beta1: f32, rest1: f32, beta2: f32, rest2: f32, correct: f32, eps: f32, rate: f32, keep: f32,
  param: usize, grad: usize, m: usize, v: usize, newParam: usize, newM: usize, newV: usize,
): void {
  const b1 = f32x4.splat(beta1), r1 = f32x4.splat(rest1), b2 = f32x4.splat(beta2), r2 = f32x4.splat(rest2);
  const scale = f32x4.splat(correct), small = f32x4.splat(eps), step = f32x4.splat(rate), kept = f32x4.splat(keep);
  for (let i = begin << 2; i < end << 2; i += 16) {
    const g = v128.load(grad + i);
    const first = f32x4.add(f32x4.mul(v128.load(m + i), b1), f32x4.mul(g, r1));
    const second = f32x4.add(f32x4.mul(v128.load(v + i), b2), f32x4.mul(f32x4.mul(g, g), r2));
    const below = f32x4.add(f32x4.mul(f32x4.sqrt(second), scale), small);
    const moved = f32x4.sub(f32x4.mul(v128.load(param + i), kept), f32x4.mul(f32x4.div(first, below), step));
    const left = <i32>(end - (i >> 2));
    if (left >= 4) {
      v128.store(newParam + i, moved);
      v128.store(newM + i, first);
      v128.store(newV + i, second);
    } else {
      storeFirst(newParam + i, moved, left);
      storeFirst(newM + i, first, left);
      storeFirst(newV + i, second, left);
    }
  }
}
