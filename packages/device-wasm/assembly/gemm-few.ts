// C = A·B for few rows of A and an unpacked B: then packing would cost more than the product. Index space: columns of C.

/** Columns swept at once: four rows of B and the rows of C then stay in the first-level cache. */
const STRETCH: i32 = 512;
/** Up to how many rows each way costs less than packing. */
const MOST_ROWS: i32 = 8;
const MOST_ROWS_TURNED: i32 = 4;

/** Whether an m-row product with B as rows (turned = 0) or as columns (1) should be done here. */
export function isFew(m: i32, turned: i32): bool {
  return m <= (turned ? MOST_ROWS_TURNED : MOST_ROWS);
}

/** Columns [begin, end) of C `[m][n]` = A `[m][k]` · B `[k][n]`, all contiguous. */
export function fewRows(begin: i32, end: i32, m: i32, n: i32, k: i32, a: usize, b: usize, c: usize): void {
  const row = <usize>n << 2;
  const aRow = <usize>k << 2;
  for (let j = begin; j < end; j += STRETCH) {
    const count = min(STRETCH, end - j);
    const cp = c + (<usize>j << 2);
    for (let i = 0; i < m; i++) memory.fill(cp + <usize>i * row, 0, <usize>count << 2);
    let ap = a;
    let bp = b + (<usize>j << 2);
    let l = k;
    for (; l >= 4; l -= 4) {
      for (let i = 0; i < m; i++) addFour(count, ap + <usize>i * aRow, bp, row, cp + <usize>i * row);
      ap += 16;
      bp += 4 * row;
    }
    for (; l > 0; l--) {
      for (let i = 0; i < m; i++) addOne(count, load<f32>(ap + <usize>i * aRow), bp, cp + <usize>i * row);
      ap += 4;
      bp += row;
    }
  }
}

/** c += a₀·b₀ + a₁·b₁ + a₂·b₂ + a₃·b₃ over `count` columns; rows of B are `row` bytes apart. */
function addFour(count: i32, a: usize, b: usize, row: usize, c: usize): void {
  const s0 = v128.load32_splat(a), s1 = v128.load32_splat(a, 4), s2 = v128.load32_splat(a, 8), s3 = v128.load32_splat(a, 12);
  let b1 = b + row, b2 = b1 + row, b3 = b2 + row;
  for (; count >= 4; count -= 4) {
    let x = f32x4.add(v128.load(c), f32x4.mul(s0, v128.load(b)));
    x = f32x4.add(x, f32x4.mul(s1, v128.load(b1)));
    x = f32x4.add(x, f32x4.mul(s2, v128.load(b2)));
    v128.store(c, f32x4.add(x, f32x4.mul(s3, v128.load(b3))));
    b += 16;
    b1 += 16;
    b2 += 16;
    b3 += 16;
    c += 16;
  }
  for (; count > 0; count--) {
    const x = load<f32>(c) + load<f32>(a) * load<f32>(b) + load<f32>(a, 4) * load<f32>(b1);
    store<f32>(c, x + load<f32>(a, 8) * load<f32>(b2) + load<f32>(a, 12) * load<f32>(b3));
    b += 4;
    b1 += 4;
    b2 += 4;
    b3 += 4;
    c += 4;
  }
}

function addOne(count: i32, a: f32, b: usize, c: usize): void {
  const s = f32x4.splat(a);
  for (; count >= 4; count -= 4) {
    v128.store(c, f32x4.add(v128.load(c), f32x4.mul(s, v128.load(b))));
    b += 16;
    c += 16;
  }
  for (; count > 0; count--) {
    store<f32>(c, load<f32>(c) + a * load<f32>(b));
    b += 4;
    c += 4;
  }
}

/** Columns [begin, end) of C `[m][n]` = A `[m][k]` · Bᵀ, B `[n][k]`, all contiguous: dot products of rows. */
export function fewColumns(begin: i32, end: i32, m: i32, n: i32, k: i32, a: usize, b: usize, c: usize): void {
  const row = <usize>k << 2;
  for (let j = begin; j < end; j++) {
    const bp = b + <usize>j * row;
    for (let i = 0; i < m; i++) store<f32>(c + (<usize>(i * n + j) << 2), dot(k, a + <usize>i * row, bp));
  }
}

function dot(k: i32, a: usize, b: usize): f32 {
  let x0 = f32x4.splat(0), x1 = x0, x2 = x0, x3 = x0;
  for (; k >= 16; k -= 16) {
    x0 = f32x4.add(x0, f32x4.mul(v128.load(a), v128.load(b)));
    x1 = f32x4.add(x1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    x2 = f32x4.add(x2, f32x4.mul(v128.load(a, 32), v128.load(b, 32)));
    x3 = f32x4.add(x3, f32x4.mul(v128.load(a, 48), v128.load(b, 48)));
    a += 64;
    b += 64;
  }
  for (; k >= 4; k -= 4) {
    x0 = f32x4.add(x0, f32x4.mul(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
  const x = f32x4.add(f32x4.add(x0, x1), f32x4.add(x2, x3));
  let sum = f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
  for (; k > 0; k--) {
    sum += load<f32>(a) * load<f32>(b);
    a += 4;
    b += 4;
  }
  return sum;
}
