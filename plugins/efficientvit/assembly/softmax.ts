import { expNegative4 } from '../../../packages/device-wasm/assembly/math';

/**
 * Turns rows of M scores (M a multiple of 4) into e^(s - max), in place, and writes 1 / Σ of each row to `scales`: the division is left to
 * whoever uses the row, who has fewer values to divide.
 */
export function softmaxRows(rows: i32, M: i32, p: usize, scales: usize): void {
  const bytes = <usize>M << 2;
  for (let i = 0; i < rows; i++) {
    // pmax keeps its first operand when a NaN is compared, so a NaN score is never lost: it stays in p and reaches the sum.
    let top = v128.load(p);
    for (let o: usize = 16; o < bytes; o += 16) top = f32x4.pmax(top, v128.load(p + o));
    top = f32x4.pmax(top, v128.shuffle<i32>(top, top, 2, 3, 0, 1));
    top = f32x4.pmax(top, v128.shuffle<i32>(top, top, 1, 0, 3, 2));
    let sum = f32x4.splat(0);
    for (let o: usize = 0; o < bytes; o += 16) {
      const e = expNegative4(f32x4.sub(v128.load(p + o), top));
      sum = f32x4.add(sum, e);
      v128.store(p + o, e);
    }
    sum = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
    sum = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 1, 0, 3, 2));
    store<f32>(scales, 1 / f32x4.extract_lane(sum, 0));
    p += bytes;
    scales += 4;
  }
}
