// Sums of rows in an order that the length alone fixes: blocks of 128 vectors over four accumulators, blocks joined with Kahan's
// compensation, so that the error does not grow with the length.

/** Vectors per block. */
const BLOCK: usize = 128;

/** What is added up of each element: the element, its square, or the square of its distance from `centre`. */
export const PLAIN = 0, SQUARE = 1, CENTRED = 2;

@inline
function term(kind: i32, x: v128, centre: v128): v128 {
  if (kind == PLAIN) return x;
  if (kind == SQUARE) return f32x4.mul(x, x);
  const d = f32x4.sub(x, centre);
  return f32x4.mul(d, d);
}

/** Σ term(x[i]) for i < n. */
@inline
export function sumRow(kind: i32, x: usize, n: usize, centre: f32): f32 {
  const m = f32x4.splat(centre);
  const zero = f32x4.splat(0);
  let total = zero, lost = zero;
  let vectors = n >> 2;
  while (vectors > 0) {
    const block = min(vectors, BLOCK);
    vectors -= block;
    let a = zero, b = zero, c = zero, d = zero;
    let i = block;
    for (; i >= 4; i -= 4, x += 64) {
      a = f32x4.add(a, term(kind, v128.load(x), m));
      b = f32x4.add(b, term(kind, v128.load(x, 16), m));
      c = f32x4.add(c, term(kind, v128.load(x, 32), m));
      d = f32x4.add(d, term(kind, v128.load(x, 48), m));
    }
    for (; i > 0; i--, x += 16) a = f32x4.add(a, term(kind, v128.load(x), m));
    const s = f32x4.sub(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), lost);
    const next = f32x4.add(total, s);
    lost = f32x4.sub(f32x4.sub(next, total), s);
    total = next;
  }
  let r = addLanes(total);
  // The compensation of an infinite sum is no number.
  const rest = addLanes(lost);
  if (rest == rest) r -= rest;
  for (let i = n & 3; i > 0; i--, x += 4) r += f32x4.extract_lane(term(kind, v128.load32_splat(x), m), 0);
  return r;
}

@inline
export function addLanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<i64>(v, v, 1, 0));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}
