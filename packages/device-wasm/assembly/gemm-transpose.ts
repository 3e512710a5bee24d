/** Rows [begin, end) of the transpose of `from`, a contiguous f32 matrix `[rows][columns]`; `to` is `[columns][rows]`. */
export function transposeRows(begin: i32, end: i32, from: usize, rows: i32, columns: i32, to: usize): void {
  const inStep = <usize>columns << 2;
  const outStep = <usize>rows << 2;
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    let p = from + (<usize>i << 2);
    let q = to + <usize>i * outStep;
    let j = rows;
    for (; j >= 4; j -= 4) {
      const a = v128.load(p);
      const b = v128.load(p + inStep);
      const c = v128.load(p + 2 * inStep);
      const d = v128.load(p + 3 * inStep);
      const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(q, v128.shuffle<i64>(ab0, cd0, 0, 2));
      v128.store(q + outStep, v128.shuffle<i64>(ab0, cd0, 1, 3));
      v128.store(q + 2 * outStep, v128.shuffle<i64>(ab1, cd1, 0, 2));
      v128.store(q + 3 * outStep, v128.shuffle<i64>(ab1, cd1, 1, 3));
      p += 4 * inStep;
      q += 16;
    }
    for (; j > 0; j--) {
      store<f32>(q, load<f32>(p));
      store<f32>(q + outStep, load<f32>(p, 4));
      store<f32>(q + 2 * outStep, load<f32>(p, 8));
      store<f32>(q + 3 * outStep, load<f32>(p, 12));
      p += inStep;
      q += 4;
    }
  }
  for (; i < end; i++) {
    let p = from + (<usize>i << 2);
    let q = to + <usize>i * outStep;
    for (let j = rows; j > 0; j--) {
      store<f32>(q, load<f32>(p));
      p += inStep;
      q += 4;
    }
  }
}
