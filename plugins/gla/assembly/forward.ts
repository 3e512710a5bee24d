import { packColumns, packRows } from '../../../packages/device-wasm/assembly/gemm-pack';
import { rowTile } from '../../../packages/device-wasm/assembly/gemm-rows';
import { Call } from './call';
import { decays, prefixes, weigh } from './gates';
import { triangle, turned } from './tiles';

// The chunked form (paper §4.1-4.2). Of one head, with x = scale · q ⊙ exp P and y = k ⊙ exp -P of a piece of n tokens:
//   o  = [x | A] · [S ; v]         A = lower triangle of x·yᵀ
//   S' = exp P_n ⊙ (S + yᵀ·v)
// The state stays in packed panels from the first token to the last, with room for the piece's v behind it, so that o is one product.

/** Bytes that one range of tasks needs. */
export function chunkedBytes(K: i32, tileWidth: i32, C: i32): i32 {
  const padded = (K + 7) & ~7;
  return (((3 * C * padded + C * (padded + C) + padded) << 2) + (((tileWidth + 7) >> 3) * (padded + C) << 5) + 63) & ~63;
}

/** Tasks [begin, end) of sequences · heads · tiles of V: o and the final state. */
export function chunked(begin: i32, end: i32, call: Call): void {
  const slot = call.scratch + <usize>(begin / call.grain) * <usize>call.slot;
  for (let task = begin; task < end; task++) {
    const tile = task % call.tiles;
    const pair = task / call.tiles;
    head(call, pair / call.H, pair % call.H, pair, tile * call.tileWidth, slot);
  }
}

function head(call: Call, n: i32, h: i32, pair: i32, v0: i32, free: usize): void {
  const K = call.K, V = call.V, C = call.C, H = call.H, padded = (K + 7) & ~7;
  const columns = min(call.tileWidth, V - v0);
  const panels = (columns + 7) >> 3;
  const wide = call.gWide;
  const W = wide ? padded : 4;
  const P = free; free += <usize>(C * padded) << 2;
  const x = free; free += <usize>(C * (padded + C)) << 2;
  const y = free; free += <usize>(C * padded) << 2;
  const yPanels = free; free += <usize>(C * padded) << 2;
  const factors = free; free += <usize>padded << 2;
  const states = free;
  const panelBytes = <usize>(padded + C) << 5;
  const ldx = <usize>(padded + C) << 2;

  const first = load<i32>(call.spans + (<usize>n << 3));
  let left = load<i32>(call.spans + (<usize>n << 3), 4);
  const stepK = <usize>(call.step * H * K) << 2;
  const stepV = <usize>(call.step * H * V) << 2;
  const stepG = <usize>(call.step * call.gToken);
  const row = first * H + h;
  let q = call.q + (<usize>(row * K) << 2);
  let k = call.k + (<usize>(row * K) << 2);
  let v = call.v + (<usize>(row * V + v0) << 2);
  let o = call.o + (<usize>(row * V + v0) << 2);
  let g = call.g + <usize>(first * call.gToken + h * call.gHead);

  const at = <usize>(pair * K * V + v0) << 2;
  begin(call, at, columns, padded, states, panelBytes);
  if (left > 0) {
    decays(K, padded, W, 0, g, wide, factors);
    scaleRows(panels, padded, states, panelBytes, factors);
  }
  while (left > 0) {
    const count = prefixes(min(left, C), g, stepG, wide, K, W, call.limit, P);
    weigh(count, K, padded, W, q, k, stepK, call.scale, P, x, ldx, y);
    packColumns(0, (count + 7) >> 3, count, padded, y, <usize>padded << 2, yPanels);
    triangle(count, padded, x, ldx, yPanels, x + (<usize>padded << 2), ldx);
    left -= count;
    const next = g + <usize>count * stepG;
    decays(K, padded, W, P + (<usize>((count - 1) * W) << 2), left > 0 ? next : 0, wide, factors);
    for (let p = 0; p < panels; p++) {
      const cols = min(8, columns - (p << 3));
      const state = states + <usize>p * panelBytes;
      const value = state + (<usize>padded << 5);
      const shift = <usize>p << 5;
      packRows(0, 1, cols, count, v + shift, stepV, value);
      for (let i = 0; i < count; i += 4) {
        rowTile(i, count - i, x, ldx, state, padded + min(i + 4, count), o + shift, stepV, 0, 0, cols, 1);
      }
      for (let d = 0; d < padded; d += 4) {
        const s = state + (<usize>d << 5), f = <usize>d << 2;
        turned(4, y + f, <usize>padded << 2, value, count, s, s, 32, 8, factors + f, 0);
      }
    }
    q += <usize>count * stepK;
    k += <usize>count * stepK;
    v += <usize>count * stepV;
    o += <usize>count * stepV;
    g = next;
  }
  finish(call.final + at, K, V, columns, states, panelBytes);
}

/** The initial state, or zeros, into panels. */
function begin(call: Call, at: usize, columns: i32, padded: i32, states: usize, panelBytes: usize): void {
  const panels = (columns + 7) >> 3;
  for (let p = 0; p < panels; p++) {
    const state = states + <usize>p * panelBytes;
    memory.fill(state, 0, <usize>padded << 5);
    if (call.initial) {
      packRows(0, 1, min(8, columns - (p << 3)), call.K, call.initial + at + (<usize>p << 5), <usize>call.V << 2, state);
    }
  }
}

function scaleRows(panels: i32, padded: i32, states: usize, panelBytes: usize, factors: usize): void {
  for (let p = 0; p < panels; p++) {
    let s = states + <usize>p * panelBytes;
    for (let d = 0; d < padded; d++) {
      const f = v128.load32_splat(factors + (<usize>d << 2));
      v128.store(s, f32x4.mul(v128.load(s), f));
      v128.store(s, f32x4.mul(v128.load(s, 16), f), 16);
      s += 32;
    }
  }
}

/** Panels back to rows of V. */
function finish(final: usize, K: i32, V: i32, columns: i32, states: usize, panelBytes: usize): void {
  for (let d = 0; d < K; d++) {
    for (let c = 0; c < columns; c++) {
      const from = states + <usize>(c >> 3) * panelBytes + (<usize>d << 5) + (<usize>(c & 7) << 2);
      store<f32>(final + (<usize>(d * V + c) << 2), load<f32>(from));
    }
  }
}
