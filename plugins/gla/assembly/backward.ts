import { packRows } from '../../../packages/device-wasm/assembly/gemm-pack';
import { piece } from './backward-piece';
import { Call } from './call';
import { decays, prefixes, weigh } from './gates';
import { Room } from './room';
import { inner, scale, toPanels, toRows } from './states';
import { turned } from './tiles';

// The gradient without stored scores (paper §4.3): first the states before every chunk are computed again, then the chunks are walked from
// the last to the first with D, the gradient of the state. States and D are kept transposed (states.ts): so they serve as packed
// operands of dO·Sᵀ and v·Dᵀ, and decays are factors of lanes.

/** Bytes of one state. */
function stateBytes(K: i32, V: i32): i32 {
  return (((K + 7) & ~7) * V) << 2;
}

/** Bytes that one range of tasks needs; `longest` sequence in tokens. Without gates no chunk is cut into pieces. */
export function backwardBytes(K: i32, V: i32, C: i32, longest: i32, gated: i32): i32 {
  const chunks = (longest + C - 1) / C;
  const within = gated ? min(C, longest) : 0;
  return (Room.bytes(K, V, C) + (chunks + 1 + within) * stateBytes(K, V) + 63) & ~63;
}

/** Tasks [begin, end) of sequences · heads. */
export function backward(begin: i32, end: i32, call: Call): void {
  const slot = call.scratch + <usize>(begin / call.grain) * <usize>call.slot;
  for (let pair = begin; pair < end; pair++) head(call, changetype<Room>(slot), pair);
}

function head(call: Call, room: Room, pair: i32): void {
  const K = call.K, V = call.V, C = call.C;
  room.prepare(call, pair / call.H, pair % call.H);
  const bytes = <usize>stateBytes(K, V);
  const states = changetype<usize>(room) + <usize>Room.bytes(K, V, C);
  const count = room.count, padded = room.padded;
  const chunks = (count + C - 1) / C;
  const within = states + <usize>(chunks + 1) * bytes;
  const at = <usize>(pair * K * V) << 2;

  toPanels(K, V, call.initial ? call.initial + at : 0, states);
  if (count > 0) {
    decays(K, padded, room.W, 0, room.gate(0), call.gWide, room.factors);
    scale(padded, V, states, room.factors);
  }
  for (let c = 0; c < chunks; c++) {
    const from = states + <usize>c * bytes;
    walk(call, room, c * C, min(count, (c + 1) * C), from, from + bytes, 0);
  }
  toPanels(K, V, call.dFinal + at, room.D);
  inner(padded, V, states + <usize>chunks * bytes, room.D, room.carry);
  room.sum = 0;
  for (let c = chunks - 1; c >= 0; c--) {
    const a = c * C, b = min(count, a + C);
    const from = states + <usize>c * bytes;
    if (prefixes(b - a, room.gate(a), room.stepG, call.gWide, K, room.W, call.limit, room.P) == b - a) {
      piece(call, room, a, b, from);
      continue;
    }
    // A chunk cut into pieces needs the states between them once more.
    let next = b;
    for (let i = walk(call, room, a, b, from, within, bytes) - 1; i >= 0; i--) {
      const start = load<i32>(room.starts + (<usize>i << 2));
      prefixes(next - start, room.gate(start), room.stepG, call.gWide, K, room.W, Infinity, room.P);
      piece(call, room, start, next, i == 0 ? from : within + <usize>(i - 1) * bytes);
      next = start;
    }
  }
  if (call.dInitial) toRows(K, V, room.D, call.dInitial + at);
  if (call.dgKind == 1) store<f32>(call.dg + (<usize>pair << 2), <f32>room.sum);
}

/**
 * Takes the state at `from` through tokens [a, b), piece by piece, and writes their first tokens to room.starts. The state after piece i goes to
 * to + i·step. Returns the number of pieces.
 */
function walk(call: Call, room: Room, a: i32, b: i32, from: usize, to: usize, step: usize): i32 {
  const K = call.K, V = call.V, padded = room.padded, W = room.W;
  let pieces = 0;
  while (a < b) {
    const n = prefixes(b - a, room.gate(a), room.stepG, call.gWide, K, W, call.limit, room.P);
    const at = <usize>a * room.stepK;
    weigh(n, K, padded, W, 0, room.k + at, room.stepK, 0, room.P, 0, 0, room.y);
    packRows(0, padded >> 3, padded, n, room.y, <usize>padded << 2, room.yOverK);
    const next = a + n < room.count ? room.gate(a + n) : 0;
    decays(K, padded, W, room.P + (<usize>((n - 1) * W) << 2), next, call.gWide, room.factors);
    const v = room.v + <usize>a * room.stepV;
    for (let d = 0; d < padded; d += 8) {
      const y = room.yOverK + (<usize>(d * n) << 2);
      for (let j = 0; j < V; j += 4) {
        const shift = <usize>(d * V + 8 * j) << 2;
        turned(V - j, v + (<usize>j << 2), room.stepV, y, n, from + shift, to + shift, 32, 8, 0, room.factors + (<usize>d << 2));
      }
    }
    store<i32>(room.starts + (<usize>pieces << 2), a);
    pieces++;
    a += n;
    from = to;
    to += step;
  }
  return pieces;
}
