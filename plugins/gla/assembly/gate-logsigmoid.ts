// Log decays from logits, elementwise on [begin, end): max(logsigmoid(z)·rate, low), and the gradient. Ranges begin at multiples of 4.
import { storeFirst } from '../../../packages/device-wasm/assembly/activation';
import { exp4, log1p4, sigmoid4 } from '../../../packages/device-wasm/assembly/math';

/** logsigmoid(z) = min(z, 0) - log1p(exp(-|z|)), which never overflows. */
@inline
function logsigmoid(z: v128): v128 {
  return f32x4.sub(f32x4.min(z, f32x4.splat(0)), log1p4(exp4(f32x4.neg(f32x4.abs(z)))));
}

export function gateLogsigmoid(begin: usize, end: usize, tau: f32, low: f32, z: usize, y: usize): void {
  const divisor = f32x4.splat(tau), bound = f32x4.splat(low);
  for (let i = begin << 2; i < end << 2; i += 16) {
    const v = f32x4.max(f32x4.div(logsigmoid(v128.load(z + i)), divisor), bound);
    const left = (end << 2) - i;
    if (left >= 16) v128.store(y + i, v);
    else storeFirst(y + i, v, <i32>(left >> 2));
  }
}

/** dz = dy·sigmoid(-z)/tau; 0 below the bound, where the output does not move. */
export function gateLogsigmoidGrad(begin: usize, end: usize, tau: f32, low: f32, z: usize, dy: usize, dz: usize): void {
  const divisor = f32x4.splat(tau), bound = f32x4.splat(low);
  const free = low == -Infinity;
  for (let i = begin << 2; i < end << 2; i += 16) {
    const x = v128.load(z + i);
    let v = f32x4.mul(v128.load(dy + i), f32x4.div(sigmoid4(f32x4.neg(x)), divisor));
    if (!free) v = v128.and(v, f32x4.ge(f32x4.div(logsigmoid(x), divisor), bound));
    const left = (end << 2) - i;
    if (left >= 16) v128.store(dz + i, v);
    else storeFirst(dz + i, v, <i32>(left >> 2));
  }
}
