import { expNegative4 } from '../../../packages/device-wasm/assembly/math';
import { Call } from './call';
import { gate, part, putPart } from './gates';

// The gradient of the recurrence itself, token by token, for what the chunked form does not know: value gates and exclusive reading.
// States are rows of v, padded with zeros to whole vectors. Those before every segment are kept, those inside one computed again.

/** Tokens between two states that are kept. */
const SEGMENT: i32 = 32;

/** Bytes that one range of tasks needs; `longest` sequence in tokens. */
export function adjointBytes(K: i32, V: i32, longest: i32): i32 {
  const row = (V + 3) & ~3;
  const states = (longest + SEGMENT - 1) / SEGMENT + SEGMENT + 3;
  return ((((states * K + 5) * row + K + 4) << 2) + 63) & ~63;
}

/** Tasks [begin, end) of sequences · heads. */
export function adjoint(begin: i32, end: i32, call: Call): void {
  const slot = call.scratch + <usize>(begin / call.grain) * <usize>call.slot;
  for (let pair = begin; pair < end; pair++) head(call, pair / call.H, pair % call.H, pair, slot);
}

function head(call: Call, n: i32, h: i32, pair: i32, free: usize): void {
  const K = call.K, V = call.V, row = <usize>((V + 3) & ~3) << 2;
  const first = load<i32>(call.spans + (<usize>n << 3));
  const count = load<i32>(call.spans + (<usize>n << 3), 4);
  const bytes = <usize>K * row;
  const D = free; free += bytes;
  const within = free; free += <usize>(SEGMENT + 1) * bytes;
  const vectors = free; free += 5 * row;
  const alphas = free; free += <usize>(K + 4) << 2;
  const kept = free;
  const at = <usize>(pair * K * V) << 2;
  const segments = (count + SEGMENT - 1) / SEGMENT;
  const u = call.bonus ? call.bonus + (<usize>(h * K) << 2) : 0;
  if (u) memory.fill(call.dBonus + (<usize>(pair * K) << 2), 0, <usize>K << 2);
  if (call.dgKind == 1) store<f32>(call.dg + (<usize>pair << 2), 0);

  pad(K, V, row, call.initial ? call.initial + at : 0, kept);
  for (let s = 0; s < segments - 1; s++) {
    const next = kept + <usize>(s + 1) * bytes;
    memory.copy(next, next - bytes, bytes);
    for (let i = s * SEGMENT; i < (s + 1) * SEGMENT; i++) advance(call, h, first + i * call.step, next, next, row, vectors, alphas);
  }
  pad(K, V, row, call.dFinal + at, D);
  let sum: f64 = 0;
  for (let s = segments - 1; s >= 0; s--) {
    const from = s * SEGMENT, to = min(count, from + SEGMENT);
    memory.copy(within, kept + <usize>s * bytes, bytes);
    for (let i = from; i < to; i++) {
      const before = within + <usize>(i - from) * bytes;
      advance(call, h, first + i * call.step, before, before + bytes, row, vectors, alphas);
    }
    for (let i = to - 1; i >= from; i--) {
      const before = within + <usize>(i - from) * bytes;
      sum += token(call, h, pair, first + i * call.step, before, u ? before : before + bytes, D, row, vectors, alphas, u);
    }
  }
  if (call.dgKind == 1) store<f32>(call.dg + (<usize>pair << 2), <f32>sum);
  if (!call.dInitial) return;
  for (let d = 0; d < K; d++) memory.copy(call.dInitial + at + (<usize>(d * V) << 2), D + <usize>d * row, <usize>V << 2);
}

/** Rows of V numbers, or zeros when `from` is 0, into padded rows. */
function pad(K: i32, V: i32, row: usize, from: usize, to: usize): void {
  memory.fill(to, 0, <usize>K * row);
  if (from) for (let d = 0; d < K; d++) memory.copy(to + <usize>d * row, from + (<usize>(d * V) << 2), <usize>V << 2);
}

/** alphas, and as padded vectors v, scale · dO and the columns' decays of token t. */
function prepare(call: Call, h: i32, t: i32, row: usize, vectors: usize, alphas: usize): void {
  const at = <usize>((t * call.H + h) * call.V) << 2;
  const g = call.g + <usize>(t * call.gToken + h * call.gHead);
  for (let d = 0; d < call.K; d += 4) v128.store(alphas + (<usize>d << 2), expNegative4(gate(g, call.gWide, d, call.K)));
  for (let j: usize = 0; j < row; j += 16) {
    const i = <i32>(j >> 2);
    v128.store(vectors + j, part(call.v + at, i, call.V));
    v128.store(vectors + row + j, f32x4.mul(part(call.dO + at, i, call.V), f32x4.splat(call.scale)));
    const beta = call.gv ? expNegative4(part(call.gv + at, i, call.V)) : f32x4.splat(1);
    v128.store(vectors + 2 * row + j, beta);
  }
}

/** The state after token t. */
function advance(call: Call, h: i32, t: i32, from: usize, to: usize, row: usize, vectors: usize, alphas: usize): void {
  prepare(call, h, t, row, vectors, alphas);
  const k = call.k + (<usize>((t * call.H + h) * call.K) << 2);
  for (let d: usize = 0, end = <usize>call.K << 2; d < end; d += 4) {
    const alpha = v128.load32_splat(alphas + d), key = v128.load32_splat(k + d);
    for (let j: usize = 0; j < row; j += 16) {
      const decayed = f32x4.mul(v128.load(from + j), f32x4.mul(alpha, v128.load(vectors + 2 * row + j)));
      v128.store(to + j, f32x4.add(decayed, f32x4.mul(key, v128.load(vectors + j))));
    }
    from += row;
    to += row;
  }
}

@inline
function total(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** Gradients of token t; D goes in as the gradient of the state after it and comes out as that before it. Returns the sum of its row gates'. */
function token(
  call: Call, h: i32, pair: i32, t: i32, before: usize, seen: usize, D: usize, row: usize, vectors: usize, alphas: usize, u: usize,
): f64 {
  const K = call.K, V = call.V;
  prepare(call, h, t, row, vectors, alphas);
  const at = <usize>(t * call.H + h);
  const keys = (at * <usize>K) << 2, values = (at * <usize>V) << 2;
  const q = call.q + keys, k = call.k + keys;
  const dO = vectors + row, betas = vectors + 2 * row, dv = vectors + 3 * row, dgv = vectors + 4 * row;
  let direct: f32 = 0, own: f32 = 0;
  if (u) {
    for (let d: usize = 0, end = <usize>K << 2; d < end; d += 4) direct += load<f32>(q + d) * load<f32>(u + d) * load<f32>(k + d);
    for (let j: usize = 0; j < row; j += 4) own += load<f32>(vectors + j) * load<f32>(dO + j);
  }
  for (let j: usize = 0; j < row; j += 16) {
    v128.store(dv + j, f32x4.mul(f32x4.splat(direct), v128.load(dO + j)));
    v128.store(dgv + j, f32x4.splat(0));
  }
  let sum: f64 = 0;
  for (let d: usize = 0, end = <usize>K << 2; d < end; d += 4) {
    const qd = load<f32>(q + d), kd = load<f32>(k + d);
    const query = f32x4.splat(qd), key = f32x4.splat(kd), alpha = v128.load32_splat(alphas + d);
    let dq = f32x4.splat(0), dk = dq, da = dq;
    for (let j: usize = 0; j < row; j += 16) {
      const out = v128.load(dO + j), entering = f32x4.mul(query, out);
      let x = v128.load(D + j);
      if (!u) x = f32x4.add(x, entering);
      dq = f32x4.add(dq, f32x4.mul(v128.load(seen + j), out));
      dk = f32x4.add(dk, f32x4.mul(x, v128.load(vectors + j)));
      v128.store(dv + j, f32x4.add(v128.load(dv + j), f32x4.mul(x, key)));
      x = f32x4.mul(x, f32x4.mul(alpha, v128.load(betas + j)));
      // With respect to the logarithm of a decay: the state before it times the decayed gradient.
      const flow = f32x4.mul(v128.load(before + j), x);
      da = f32x4.add(da, flow);
      v128.store(dgv + j, f32x4.add(v128.load(dgv + j), flow));
      v128.store(D + j, u ? f32x4.add(x, entering) : x);
    }
    let dqd = total(dq), dkd = total(dk);
    if (u) {
      const ud = load<f32>(u + d), p = call.dBonus + (<usize>(pair * K) << 2) + d;
      dqd += ud * kd * own;
      dkd += ud * qd * own;
      store<f32>(p, load<f32>(p) + qd * kd * own);
    }
    store<f32>(call.dq + keys + d, dqd);
    store<f32>(call.dk + keys + d, dkd);
    const decay = total(da);
    if (call.dgKind == 3) store<f32>(call.dg + keys + d, decay);
    sum += decay;
    before += row;
    seen += row;
    D += row;
  }
  for (let j = 0; j < V; j += 4) {
    putPart(call.dv + values, j, V, v128.load(dv + (<usize>j << 2)));
    if (call.dgv) putPart(call.dgv + values, j, V, v128.load(dgv + (<usize>j << 2)));
  }
  if (call.dgKind == 2) store<f32>(call.dg + (at << 2), <f32>sum);
  return sum;
}
