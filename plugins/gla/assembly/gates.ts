import { expNegative4 } from '../../../packages/device-wasm/assembly/math';

// Inside a piece of tokens the decay from token j to token i, exp(g_{j+1} + … + g_i), is split into exp(P_i) · exp(-P_j) with the prefix
// sums P of the gates after the piece's first token; that turns all pairs into one matrix product (paper §4.2, spec of one pivot).
// A piece ends before -P exceeds a limit, so neither factor can overflow, and the first gate of a piece decays the state before
// anything else: an arbitrarily strong reset, -infinity too, starts a new piece and is never divided by.

/** Four channels from d on, zeros beyond the K-th; may read 12 bytes past it. */
@inline
export function part(p: usize, d: i32, K: i32): v128 {
  if (d + 4 <= K) return v128.load(p + (<usize>d << 2));
  if (d >= K) return f32x4.splat(0);
  return v128.and(v128.load(p + (<usize>d << 2)), i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(K - d)));
}

/** Stores the channels of `part`. */
@inline
export function putPart(p: usize, d: i32, K: i32, x: v128): void {
  if (d + 4 <= K) {
    v128.store(p + (<usize>d << 2), x);
    return;
  }
  p += <usize>d << 2;
  if (d < K) v128.store32_lane(p, x, 0);
  if (d + 1 < K) v128.store32_lane(p, x, 1, 4);
  if (d + 2 < K) v128.store32_lane(p, x, 2, 8);
}

/** Gates of four channels of a token. */
@inline
export function gate(g: usize, wide: i32, d: i32, K: i32): v128 {
  return wide ? part(g, d, K) : v128.load32_splat(g);
}

/**
 * Prefix sums P `[n][W]` of the gates of up to `most` tokens, from the one after the first; W is 4 (all lanes equal) when a token has one
 * gate, else the padded number of channels. Returns n, the tokens before the limit is passed.
 */
export function prefixes(most: i32, g: usize, gStep: usize, wide: i32, K: i32, W: i32, limit: f32, P: usize): i32 {
  const row = <usize>W << 2;
  memory.fill(P, 0, row);
  const least = f32x4.splat(-limit);
  for (let i = 1; i < most; i++) {
    g += gStep;
    let lowest = f32x4.splat(0);
    for (let d = 0; d < W; d += 4) {
      const x = f32x4.add(v128.load(P + (<usize>d << 2)), gate(g, wide, d, K));
      lowest = f32x4.pmin(lowest, x);
      v128.store(P + row + (<usize>d << 2), x);
    }
    if (v128.any_true(f32x4.lt(lowest, least))) return i;
    P += row;
  }
  return most;
}

/**
 * P becomes exp P; x `[n]` rows of scale · q ⊙ exp P unless it is 0, y `[n][padded]` rows of k ⊙ exp -P. Channels from K to `padded` are
 * zeros. `token` is the stride of q and k.
 */
export function weigh(
  n: i32, K: i32, padded: i32, W: i32, q: usize, k: usize, token: usize, scale: f32, P: usize, x: usize, ldx: usize, y: usize,
): void {
  for (let p = P, end = P + (<usize>(n * W) << 2); p < end; p += 16) v128.store(p, expNegative4(v128.load(p)));
  const factor = f32x4.splat(scale);
  const step: usize = W == 4 && padded != 4 ? 0 : 1;
  const row = <usize>padded << 2;
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < padded; d += 4) {
      const at = <usize>d << 2;
      const e = v128.load(P + at * step);
      if (x) v128.store(x + at, f32x4.mul(f32x4.mul(part(q, d, K), factor), e));
      v128.store(y + at, f32x4.div(part(k, d, K), e));
    }
    q += token;
    k += token;
    P += <usize>W << 2;
    if (x) x += ldx;
    y += row;
  }
}

/** out `[padded]` ← last row of exp P (1 when `e` is 0) times the decay of the token at `g` (none when 0). */
export function decays(K: i32, padded: i32, W: i32, e: usize, g: usize, wide: i32, out: usize): void {
  const step: usize = W == 4 && padded != 4 ? 0 : 1;
  for (let d = 0; d < padded; d += 4) {
    const at = <usize>d << 2;
    let x = e ? v128.load(e + at * step) : f32x4.splat(1);
    if (g) x = f32x4.mul(x, expNegative4(gate(g, wide, d, K)));
    v128.store(out + at, x);
  }
}
