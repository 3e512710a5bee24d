/**
 * Arguments of one call, as consecutive 32-bit words that the host writes; addresses and strides are in bytes, 0 means absent.
 * Letters as in the paper: H heads, K and V widths of a head, C tokens of a chunk. A token's row in q, k and v is (batch·T + t)·H + h.
 */
@unmanaged
export class Call {
  H: i32;
  K: i32;
  V: i32;
  /** Most tokens that are worked on together; a multiple of 8. */
  C: i32;
  /** 1, or -1 to walk from the last token to the first. */
  step: i32;
  scale: f32;
  /** Largest decay, as a logarithm, between two tokens of a piece (see gates.ts). */
  limit: f32;
  /** Per sequence two words: the row (batch·T + t) of its first token in walking order, and its number of tokens. */
  spans: usize;
  q: usize;
  k: usize;
  v: usize;
  /** Log decays; a single zero with both strides 0 when there are none. */
  g: usize;
  gToken: i32;
  gHead: i32;
  /** 1 when every key channel has its own decay. */
  gWide: i32;
  gv: usize;
  bonus: usize;
  initial: usize;
  o: usize;
  final: usize;
  /** Pieces of V that are separate tasks, and their width. */
  tiles: i32;
  tileWidth: i32;
  /** Task i works in `scratch + (i / grain) · slot`. */
  grain: i32;
  scratch: usize;
  slot: i32;
  // The gradient's own.
  dO: usize;
  dFinal: usize;
  dq: usize;
  dk: usize;
  dv: usize;
  dg: usize;
  dInitial: usize;
  /** Kind of dg: 0 none, 1 one sum per task, 2 per token, 3 per channel. */
  dgKind: i32;
  dgv: usize;
  /** One row [K] per task. */
  dBonus: usize;
}
