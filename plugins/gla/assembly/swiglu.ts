// silu(a)·b and its gradients, elementwise on [begin, end). Ranges begin at multiples of 4.
import { storeFirst } from '../../../packages/device-wasm/assembly/activation';
import { exp4, sigmoid4 } from '../../../packages/device-wasm/assembly/math';

@inline
function put(p: usize, v: v128, left: usize): void {
  if (left >= 16) v128.store(p, v);
  else storeFirst(p, v, <i32>(left >> 2));
}

/** Below it sigmoid(x) is exp(x) and leaves the range of float32, which the product with a large factor may not. */
const FAR: f32 = -80;

/** x·exp(x)·u for x far below 0, by halves of the exponent. */
function tail(x: v128, u: v128): v128 {
  const half = exp4(f32x4.mul(x, f32x4.splat(0.5)));
  // Halves too small for float32 count as the smallest number until double precision would give 0, so that infinite factors stay so.
  const h = f32x4.max(half, v128.and(f32x4.splat(1e-45), f32x4.gt(x, f32x4.splat(-745))));
  return f32x4.mul(x, f32x4.mul(f32x4.mul(u, h), h));
}

export function swiglu(begin: usize, end: usize, a: usize, b: usize, y: usize): void {
  for (let i = begin << 2; i < end << 2; i += 16) {
    const x = v128.load(a + i), u = v128.load(b + i);
    // The factor comes before x: subnormal gates beside infinite factors would vanish.
    let v = f32x4.mul(x, f32x4.mul(sigmoid4(x), u));
    const far = f32x4.lt(x, f32x4.splat(FAR));
    if (v128.any_true(far)) v = v128.bitselect(tail(x, u), v, far);
    put(y + i, v, (end << 2) - i);
  }
}

export function swigluGrad(begin: usize, end: usize, a: usize, b: usize, dy: usize, da: usize, db: usize): void {
  const one = f32x4.splat(1);
  for (let i = begin << 2; i < end << 2; i += 16) {
    const x = v128.load(a + i), g = v128.load(dy + i);
    const s = sigmoid4(x);
    const slope = f32x4.mul(s, f32x4.add(one, f32x4.mul(x, f32x4.sub(one, s))));
    const left = (end << 2) - i;
    put(da + i, f32x4.mul(f32x4.mul(g, v128.load(b + i)), slope), left);
    put(db + i, f32x4.mul(g, f32x4.mul(x, s)), left);
  }
}
