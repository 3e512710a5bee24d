// Gradients of activations: dx[i] = f'(x[i])·dy[i] for i in [begin, end). Codes as in activation.ts. Ranges begin at multiples of 4.
import { GELU, HARDSIGMOID, HARDSWISH, NONE, RELU, SIGMOID, SILU, TANH, storeFirst } from './activation';
import { erf4, exp4, sigmoid4, tanh4 } from './math';

@inline
function slope(act: i32, x: v128): v128 {
  const one = f32x4.splat(1);
  if (act == SILU) {
    const s = sigmoid4(x);
    return f32x4.mul(s, f32x4.add(one, f32x4.mul(x, f32x4.sub(one, s))));
  }
  if (act == SIGMOID) {
    const s = sigmoid4(x);
    return f32x4.mul(s, f32x4.sub(one, s));
  }
  if (act == TANH) {
    const t = tanh4(x);
    return f32x4.sub(one, f32x4.mul(t, t));
  }
  if (act == GELU) {
    const below = f32x4.mul(f32x4.add(erf4(f32x4.mul(x, f32x4.splat(0.70710678118654752))), one), f32x4.splat(0.5));
    const density = f32x4.mul(exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))), f32x4.splat(0.39894228040143268));
    return f32x4.add(below, f32x4.mul(x, density));
  }
  if (act == HARDSWISH) {
    // PyTorch takes the outer pieces at ±3.
    const inner = f32x4.add(f32x4.div(x, f32x4.splat(3)), f32x4.splat(0.5));
    const above = v128.bitselect(inner, f32x4.splat(0), f32x4.gt(x, f32x4.splat(-3)));
    return v128.bitselect(one, above, f32x4.ge(x, f32x4.splat(3)));
  }
  return f32x4.splat(1.0 / 6.0);
}

@inline
function loop(act: i32, begin: usize, end: usize, x: usize, dy: usize, dx: usize): void {
  for (let i = begin << 2; i < end << 2; i += 16) {
    const v = v128.load(x + i), g = v128.load(dy + i);
    // Where these two are flat an infinite gradient must vanish too, which a product with 0 would not do.
    let r = act == RELU || act == NONE ? g : f32x4.mul(g, slope(act, v));
    if (act == RELU) r = v128.and(r, f32x4.gt(v, f32x4.splat(0)));
    if (act == HARDSIGMOID) r = v128.and(r, f32x4.lt(f32x4.abs(v), f32x4.splat(3)));
    const left = (end << 2) - i;
    if (left >= 16) v128.store(dx + i, r);
    else storeFirst(dx + i, r, <i32>(left >> 2));
  }
}

export function activationGrad(begin: usize, end: usize, act: i32, x: usize, dy: usize, dx: usize): void {
  switch (act) {
    case RELU: return loop(RELU, begin, end, x, dy, dx);
    case SILU: return loop(SILU, begin, end, x, dy, dx);
    case SIGMOID: return loop(SIGMOID, begin, end, x, dy, dx);
    case TANH: return loop(TANH, begin, end, x, dy, dx);
    case GELU: return loop(GELU, begin, end, x, dy, dx);
    case HARDSWISH: return loop(HARDSWISH, begin, end, x, dy, dx);
    case HARDSIGMOID: return loop(HARDSIGMOID, begin, end, x, dy, dx);
    default: return loop(NONE, begin, end, x, dy, dx);
  }
}
