import { exp4 } from '../../../packages/device-wasm/assembly/math';

/** Softmax of `rows` rows of M floats (M a multiple of 4), in place; the maximum is subtracted first. */
export function softmaxRows(rows: i32, M: i32, p: usize): void {
  const bytes = <usize>M << 2;
  for (let i = 0; i < rows; i++) {
    let top = v128.load(p);
    for (let o: usize = 16; o < bytes; o += 16) top = f32x4.max(top, v128.load(p + o));
    top = f32x4.max(top, v128.shuffle<i32>(top, top, 2, 3, 0, 1));
    top = f32x4.max(top, v128.shuffle<i32>(top, top, 1, 0, 3, 2));
    let sum = f32x4.splat(0);
    for (let o: usize = 0; o < bytes; o += 16) {
      const e = exp4(f32x4.sub(v128.load(p + o), top));
      sum = f32x4.add(sum, e);
      v128.store(p + o, e);
    }
    sum = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
    sum = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 1, 0, 3, 2));
    const scale = f32x4.div(f32x4.splat(1), sum);
    for (let o: usize = 0; o < bytes; o += 16) v128.store(p + o, f32x4.mul(v128.load(p + o), scale));
    p += bytes;
  }
}
