import { Call } from './call';

/** Where a range of tasks of the gradient works: addresses of one head's rows and of buffers, all behind this object in scratch. */
@unmanaged
export class Room {
  /** Sum of a constant gate's gradient, in double precision. */
  sum: f64;
  padded: i32;
  /** Numbers per token in P: 4 for one gate, else `padded`. */
  W: i32;
  /** Tokens of the sequence, and strides between them in walking order. */
  count: i32;
  stepK: usize;
  stepV: usize;
  stepG: usize;
  stepDg: usize;
  /** Rows of the sequence's first token. */
  q: usize;
  k: usize;
  v: usize;
  g: usize;
  dO: usize;
  dq: usize;
  dk: usize;
  dv: usize;
  dg: usize;
  /** Prefix sums and then their exponentials; weighed q and k `[C][padded]`, their gradients, and packed panels of them (gates.ts). */
  P: usize;
  x: usize;
  y: usize;
  dx: usize;
  dy: usize;
  xOverK: usize;
  yOverK: usize;
  yOverTokens: usize;
  vOverTokens: usize;
  dOOverV: usize;
  /** Scores and their gradient `[C][C]`. */
  A: usize;
  dA: usize;
  /** Diagonal of dA `[C]`: a token's own key meets its query undecayed, so this part stays out of the gates' sums. */
  own: usize;
  /** Gradient of the state in panels over K, and the same over V. */
  D: usize;
  DOverV: usize;
  factors: usize;
  /** Gradient of the gate that would follow the piece. */
  carry: usize;
  /** First tokens of the pieces of a chunk. */
  starts: usize;

  static bytes(K: i32, V: i32, C: i32): i32 {
    const padded = (K + 7) & ~7, whole = (V + 7) & ~7;
    const numbers = 8 * C * padded + C * V + C * whole + 2 * C * C + padded * V + padded * whole + 2 * padded + 2 * C;
    return (256 + (numbers << 2) + 63) & ~63;
  }

  /** Takes its buffers from the memory behind it and finds the rows of head h of sequence n. */
  prepare(call: Call, n: i32, h: i32): void {
    const H = call.H, K = call.K, V = call.V, C = call.C;
    const padded = (K + 7) & ~7, whole = (V + 7) & ~7;
    this.padded = padded;
    this.W = call.gWide ? padded : 4;
    const first = load<i32>(call.spans + (<usize>n << 3));
    this.count = load<i32>(call.spans + (<usize>n << 3), 4);
    this.stepK = <usize>(call.step * H * K) << 2;
    this.stepV = <usize>(call.step * H * V) << 2;
    this.stepG = <usize>(call.step * call.gToken);
    const row = first * H + h;
    const atK = <usize>(row * K) << 2, atV = <usize>(row * V) << 2;
    this.q = call.q + atK;
    this.k = call.k + atK;
    this.dq = call.dq + atK;
    this.dk = call.dk + atK;
    this.v = call.v + atV;
    this.dO = call.dO + atV;
    this.dv = call.dv + atV;
    const wide = call.dgKind == 3;
    this.stepDg = wide ? this.stepK : <usize>(call.step * H) << 2;
    this.dg = call.dg + (wide ? atK : <usize>row << 2);
    this.g = call.g + <usize>(first * call.gToken + h * call.gHead);

    let free = changetype<usize>(this) + 256;
    const keys = <usize>(C * padded) << 2;
    this.P = free; free += keys;
    this.x = free; free += keys;
    this.y = free; free += keys;
    this.dx = free; free += keys;
    this.dy = free; free += keys;
    this.xOverK = free; free += keys;
    this.yOverK = free; free += keys;
    this.yOverTokens = free; free += keys;
    this.vOverTokens = free; free += <usize>(C * V) << 2;
    this.dOOverV = free; free += <usize>(C * whole) << 2;
    this.A = free; free += <usize>(C * C) << 2;
    this.dA = free; free += <usize>(C * C) << 2;
    this.D = free; free += <usize>(padded * V) << 2;
    this.DOverV = free; free += <usize>(padded * whole) << 2;
    this.factors = free; free += <usize>padded << 2;
    this.carry = free; free += <usize>padded << 2;
    this.own = free; free += <usize>C << 2;
    this.starts = free;
  }

  /** Gate of token t in walking order. */
  gate(t: i32): usize {
    return this.g + <usize>t * this.stepG;
  }
}
