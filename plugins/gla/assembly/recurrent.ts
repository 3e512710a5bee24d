import { expNegative4 } from '../../../packages/device-wasm/assembly/math';
import { Call } from './call';

// The recurrence itself, for few tokens (generation) and for what the chunked form does not know: decays of the state's columns, and
// reading before the token enters. The state is walked once per token, four values of v at a time, in place.

/** Tasks [begin, end) of sequences · heads · tiles of V: o and the final state. Scratch per range: 2·K + tileWidth + 4 numbers. */
export function recurrent(begin: i32, end: i32, call: Call): void {
  const slot = call.scratch + <usize>(begin / call.grain) * <usize>call.slot;
  for (let task = begin; task < end; task++) {
    const pair = task / call.tiles;
    head(call, pair / call.H, pair % call.H, pair, (task % call.tiles) * call.tileWidth, slot);
  }
}

function head(call: Call, n: i32, h: i32, pair: i32, v0: i32, free: usize): void {
  const K = call.K, V = call.V, H = call.H;
  const columns = min(call.tileWidth, V - v0);
  const alphas = free;
  const betas = alphas + (<usize>K << 2) + 16;
  const first = load<i32>(call.spans + (<usize>n << 3));
  const count = load<i32>(call.spans + (<usize>n << 3), 4);
  const at = <usize>(pair * K * V + v0) << 2;
  const row = <usize>V << 2;
  const state = call.final + at;
  // The first token reads the initial state where it lies; only without tokens or one to read there is anything to write before.
  let from = call.initial ? call.initial + at : state;
  if (count == 0 || !call.initial) {
    for (let d = 0; d < K; d++) {
      const s = state + <usize>d * row;
      if (call.initial) memory.copy(s, from + <usize>d * row, <usize>columns << 2);
      else memory.fill(s, 0, <usize>columns << 2);
    }
  }
  const u = call.bonus ? call.bonus + (<usize>(h * K) << 2) : 0;
  for (let i = 0; i < count; i++) {
    const t = first + i * call.step;
    const token = t * H + h;
    const q = call.q + (<usize>(token * K) << 2);
    const k = call.k + (<usize>(token * K) << 2);
    const v = call.v + (<usize>(token * V + v0) << 2);
    const o = call.o + (<usize>(token * V + v0) << 2);
    const g = call.g + <usize>(t * call.gToken + h * call.gHead);
    exponents(K, g, call.gWide, alphas);
    if (call.gv) exponents(columns, call.gv + (<usize>(token * V + v0) << 2), 1, betas);
    read(K, columns, call.scale, q, k, v, u, o);
    let d = 0;
    for (; d + 4 <= K; d += 4) {
      const f = <usize>d << 2;
      rows4(columns, from + <usize>d * row, state + <usize>d * row, row, alphas + f, q + f, k + f, v, o, call.scale, u, call.gv ? betas : 0);
    }
    for (; d < K; d++) {
      const f = <usize>d << 2;
      rows1(0, columns, from + <usize>d * row, state + <usize>d * row, alphas + f, q + f, k + f, v, o, call.scale, u, call.gv ? betas : 0);
    }
    from = state;
  }
}

/** out ← exp of n gates, or n times the one. */
function exponents(n: i32, g: usize, wide: i32, out: usize): void {
  for (let d: usize = 0, end = <usize>n << 2; d < end; d += 16) {
    v128.store(out + d, expNegative4(wide ? v128.load(g + d) : v128.load32_splat(g)));
  }
}

/** o ← what does not come from the state: nothing, or the bonus scale · ((q ⊙ u)·k) v. */
function read(K: i32, columns: i32, scale: f32, q: usize, k: usize, v: usize, u: usize, o: usize): void {
  let direct: f32 = 0;
  if (u) {
    for (let at: usize = 0, end = <usize>K << 2; at < end; at += 4) {
      direct += load<f32>(q + at) * load<f32>(u + at) * load<f32>(k + at);
    }
  }
  direct *= scale;
  for (let at: usize = 0, end = <usize>columns << 2; at < end; at += 4) {
    store<f32>(o + at, u ? direct * load<f32>(v + at) : 0);
  }
}

@inline
function madd(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

/** Four rows of the state, read at `from`, written at s: decayed, k vᵀ added, read by q into o; with u, read before that. */
function rows4(
  columns: i32, from: usize, s: usize, row: usize, alphas: usize, q: usize, k: usize, v: usize, o: usize, scale: f32, u: usize,
  betas: usize,
): void {
  const f = f32x4.splat(scale);
  const q0 = f32x4.mul(v128.load32_splat(q), f), q1 = f32x4.mul(v128.load32_splat(q, 4), f);
  const q2 = f32x4.mul(v128.load32_splat(q, 8), f), q3 = f32x4.mul(v128.load32_splat(q, 12), f);
  const s1 = s + row, s2 = s1 + row, s3 = s2 + row;
  const f1 = from + row, f2 = f1 + row, f3 = f2 + row;
  const end = <usize>(columns & ~3) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    let a = v128.load(from + at), b = v128.load(f1 + at), c = v128.load(f2 + at), d = v128.load(f3 + at);
    let sum = v128.load(o + at);
    if (u) sum = madd(madd(madd(madd(sum, a, q0), b, q1), c, q2), d, q3);
    if (betas) {
      const beta = v128.load(betas + at);
      a = f32x4.mul(a, beta);
      b = f32x4.mul(b, beta);
      c = f32x4.mul(c, beta);
      d = f32x4.mul(d, beta);
    }
    const value = v128.load(v + at);
    a = madd(f32x4.mul(a, v128.load32_splat(alphas)), v128.load32_splat(k), value);
    b = madd(f32x4.mul(b, v128.load32_splat(alphas, 4)), v128.load32_splat(k, 4), value);
    c = madd(f32x4.mul(c, v128.load32_splat(alphas, 8)), v128.load32_splat(k, 8), value);
    d = madd(f32x4.mul(d, v128.load32_splat(alphas, 12)), v128.load32_splat(k, 12), value);
    if (!u) sum = madd(madd(madd(madd(sum, a, q0), b, q1), c, q2), d, q3);
    v128.store(s + at, a);
    v128.store(s1 + at, b);
    v128.store(s2 + at, c);
    v128.store(s3 + at, d);
    v128.store(o + at, sum);
  }
  if (columns & 3) {
    for (let i: usize = 0; i < 4; i++) {
      const at = i << 2;
      rows1(columns & ~3, columns, from + i * row, s + i * row, alphas + at, q + at, k + at, v, o, scale, u, betas);
    }
  }
}

/** Columns [first, columns) of one row, one at a time. */
function rows1(
  first: i32, columns: i32, from: usize, s: usize, alpha: usize, q: usize, k: usize, v: usize, o: usize, scale: f32, u: usize, betas: usize,
): void {
  const a = load<f32>(alpha), qs = load<f32>(q) * scale, ks = load<f32>(k);
  for (let at = <usize>first << 2, end = <usize>columns << 2; at < end; at += 4) {
    const before = load<f32>(from + at);
    const after = before * a * (betas ? load<f32>(betas + at) : 1) + ks * load<f32>(v + at);
    store<f32>(s + at, after);
    store<f32>(o + at, load<f32>(o + at) + qs * (u ? before : after));
  }
}
