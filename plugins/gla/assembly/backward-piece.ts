import { packColumns, packRows } from '../../../packages/device-wasm/assembly/gemm-pack';
import { rowTile } from '../../../packages/device-wasm/assembly/gemm-rows';
import { Call } from './call';
import { decays, part, putPart, weigh } from './gates';
import { Room } from './room';
import { inner, scale, turn } from './states';
import { triangle, turned } from './tiles';

/**
 * Gradients of tokens [a, b), one piece. With x = scale · q ⊙ exp P, y = k ⊙ exp -P, S the state after the piece's first decay, D the
 * gradient of the state after the piece, D' = exp P_n ⊙ D, and A, dA the lower triangles of x·yᵀ and dO·vᵀ:
 *   dv = Aᵀ·dO + y·D'     dx = dA·y + dO·Sᵀ     dy = dAᵀ·x + v·D'ᵀ     dS = D' + xᵀ·dO
 * `S` is the address of the state's panels, room.P holds the prefix sums; room.D goes in as D and comes out as the gradient of the state before the piece.
 */
export function piece(call: Call, room: Room, a: i32, b: i32, S: usize): void {
  const n = b - a, K = call.K, V = call.V, padded = room.padded, W = room.W;
  const stepV = room.stepV, ld = <usize>padded << 2, ldA = <usize>call.C << 2;
  const q = room.q + <usize>a * room.stepK, k = room.k + <usize>a * room.stepK;
  const v = room.v + <usize>a * stepV, dO = room.dO + <usize>a * stepV;
  const x = room.x, y = room.y, P = room.P;

  weigh(n, K, padded, W, q, k, room.stepK, call.scale, P, x, ld, y);
  packColumns(0, (n + 7) >> 3, n, padded, y, ld, room.yOverTokens);
  packColumns(0, (n + 7) >> 3, n, V, v, stepV, room.vOverTokens);
  packRows(0, padded >> 3, padded, n, x, ld, room.xOverK);
  packRows(0, padded >> 3, padded, n, y, ld, room.yOverK);
  packRows(0, (V + 7) >> 3, V, n, dO, stepV, room.dOOverV);
  triangle(n, padded, x, ld, room.yOverTokens, room.A, ldA);
  triangle(n, V, dO, stepV, room.vOverTokens, room.dA, ldA);
  for (let i = 0; i < n; i++) {
    const own = room.dA + <usize>i * (ldA + 4);
    store<f32>(room.own + (<usize>i << 2), load<f32>(own));
    store<f32>(own, 0);
  }

  decays(K, padded, W, P + (<usize>((n - 1) * W) << 2), 0, call.gWide, room.factors);
  scale(padded, V, room.D, room.factors);
  turn(padded, V, room.D, room.DOverV);
  values(room, n, V, room.dv + <usize>a * stepV, ldA);
  keys(room, n, V, v, dO, S, ldA);

  finish(call, room, a, n, q, k);
  if (call.dgKind) {
    inner(padded, V, S, room.D, room.carry);
    gateGradient(call, room, a);
  }
  decays(K, padded, W, 0, room.gate(a), call.gWide, room.factors);
  scale(padded, V, room.D, room.factors);
}

/** dv. */
function values(room: Room, n: i32, V: i32, dv: usize, ldA: usize): void {
  const padded = room.padded, stepV = room.stepV;
  for (let j = 0; j < V; j += 8) {
    const cols = min(8, V - j);
    const panel = room.DOverV + (<usize>((j >> 3) * padded) << 5);
    const dO = room.dOOverV + (<usize>((j >> 3) * n) << 5);
    const out = dv + (<usize>j << 2);
    for (let i = 0; i < n; i += 4) {
      rowTile(i, n - i, room.y, <usize>padded << 2, panel, padded, out, stepV, 0, 0, cols, 1);
      const corner = room.A + <usize>i * ldA + (<usize>i << 2);
      const row = out + <usize>i * stepV;
      turned(n - i, corner, ldA, dO + (<usize>i << 5), n - i, row, row, stepV, cols, 0, 0);
    }
  }
}

/** dx, dy and the gradient of the state. */
function keys(room: Room, n: i32, V: i32, v: usize, dO: usize, S: usize, ldA: usize): void {
  const stepV = room.stepV, ld = <usize>room.padded << 2;
  let D = room.D;
  for (let d = 0; d < room.padded; d += 8) {
    const dx = room.dx + (<usize>d << 2), dy = room.dy + (<usize>d << 2);
    const x = room.xOverK + (<usize>(d * n) << 2), y = room.yOverK + (<usize>(d * n) << 2);
    for (let i = 0; i < n; i += 4) {
      rowTile(i, n - i, dO, stepV, S, V, dx, ld, 0, 0, 8, 1);
      rowTile(i, n - i, room.dA, ldA, y, min(i + 4, n), dx, ld, dx, ld, 8, 1);
      rowTile(i, n - i, v, stepV, D, V, dy, ld, 0, 0, 8, 1);
      const corner = room.dA + <usize>i * ldA + (<usize>i << 2);
      const row = dy + <usize>i * ld;
      turned(n - i, corner, ldA, x + (<usize>i << 5), n - i, row, row, ld, 8, 0, 0);
    }
    for (let j = 0; j < V; j += 4) {
      const row = D + (<usize>j << 5);
      turned(V - j, dO + (<usize>j << 2), stepV, x, n, row, row, 32, 8, 0, 0);
    }
    S += <usize>V << 5;
    D += <usize>V << 5;
  }
}

/** dq and dk from dx and dy, and the gates' gradients of all tokens but the first: their sums from the piece's end (paper §4.3). */
function finish(call: Call, room: Room, a: i32, n: i32, q: usize, k: usize): void {
  const K = call.K, padded = room.padded;
  const factor = f32x4.splat(call.scale);
  const step: usize = call.gWide ? 1 : 0;
  for (let i = n - 1; i >= 0; i--) {
    const row = <usize>(i * padded) << 2;
    const e = room.P + (<usize>(i * room.W) << 2);
    const own = f32x4.mul(v128.load32_splat(room.own + (<usize>i << 2)), factor);
    const qi = q + <usize>i * room.stepK, ki = k + <usize>i * room.stepK;
    const dq = room.dq + <usize>(a + i) * room.stepK, dk = room.dk + <usize>(a + i) * room.stepK;
    for (let d = 0; d < padded; d += 4) {
      const at = row + (<usize>d << 2);
      const dx = v128.load(room.dx + at), dy = v128.load(room.dy + at);
      const E = v128.load(e + (<usize>d << 2) * step);
      if (call.dgKind) {
        const flow = f32x4.sub(f32x4.mul(v128.load(room.x + at), dx), f32x4.mul(v128.load(room.y + at), dy));
        const c = room.carry + (<usize>d << 2);
        v128.store(c, f32x4.add(v128.load(c), flow));
      }
      putPart(dq, d, K, f32x4.add(f32x4.mul(f32x4.mul(dx, E), factor), f32x4.mul(own, part(ki, d, K))));
      putPart(dk, d, K, f32x4.add(f32x4.div(dy, E), f32x4.mul(own, part(qi, d, K))));
    }
    if (i > 0 && call.dgKind) gateGradient(call, room, a + i);
  }
}

/** Writes room.carry as the gradient of token t's gate: per channel, or their sum. */
function gateGradient(call: Call, room: Room, t: i32): void {
  const K = call.K;
  const out = room.dg + <usize>t * room.stepDg;
  if (call.dgKind == 3) {
    for (let d = 0; d < K; d += 4) putPart(out, d, K, v128.load(room.carry + (<usize>d << 2)));
    return;
  }
  let sum: f64 = 0;
  for (let d = 0; d < K; d++) sum += load<f32>(room.carry + (<usize>d << 2));
  if (call.dgKind == 2) store<f32>(out, <f32>sum);
  else room.sum += sum;
}
