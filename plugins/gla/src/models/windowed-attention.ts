import {
  add,
  attention,
  cast,
  concat,
  ge,
  gt,
  isTensor,
  le,
  logicalAnd,
  reshape,
  slice,
  sub,
  where,
  type Tensor,
} from '@paperzoo/core';
import { counting, type Seen } from './positions';

/** Queries whose visibility is written out at once: the table stays small, however long the text is. */
const QUERIES = 512;

/** Keys before the queries: how many stand in the tensors, and how many tokens each row has seen, the last of which count. */
export interface Past {
  readonly length: number;
  readonly seen: Seen;
}

/**
 * Causal softmax attention of T tokens on themselves and on those before them. q [B, G, R, T, D], k and v [B, G, 1, L + T, D], the L past ones
 * first. `window`: how many tokens one sees, itself included; null is all.
 */
export function windowedAttention(q: Tensor, k: Tensor, v: Tensor, past: Past, window: number | null): Tensor {
  const T = q.shape[3]!;
  const L = past.length;
  const { seen } = past;
  if (isTensor(seen)) return attention(q, k, v, tracedVisibility(q, L, seen as Tensor, window));
  const ragged = seen.some((count) => count < L);
  const narrow = window !== null && L + T > window;
  if (!ragged && !narrow && L === 0) return attention(q, k, v, { causal: true });
  if (!ragged && !narrow && T === 1) return attention(q, k, v);
  const blocks: Tensor[] = [];
  for (let from = 0; from < T; from += QUERIES) {
    const to = Math.min(T, from + QUERIES);
    const first = window === null ? 0 : Math.max(0, L + from - window + 1);
    const last = L + to;
    const cut = (x: Tensor) => slice(x, { dim: 3, start: first, end: last });
    const bias = visibility(q, L, seen, window, { from, to, first, last });
    blocks.push(attention(slice(q, { dim: 3, start: from, end: to }), cut(k), cut(v), bias));
  }
  return blocks.length === 1 ? blocks[0]! : concat(blocks, { dim: 3 });
}

interface Block {
  /** Queries from … to - 1 among the new tokens, keys first … last - 1 among all. */
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

/** 0 where a query sees a key and -infinity elsewhere, [B or 1, 1, 1, queries, keys]. */
function visibility(q: Tensor, length: number, seen: readonly number[], window: number | null, block: Block): Tensor {
  const { from, to, first, last } = block;
  const counts = seen.map((count) => Math.min(count, length));
  const rows = counts.every((count) => count === counts[0]) ? counts.slice(0, 1) : counts;
  const [queries, keys] = [to - from, last - first];
  const values = new Float32Array(rows.length * queries * keys).fill(-Infinity);
  rows.forEach((count, row) => {
    for (let t = 0; t < queries; t++) {
      const now = length + from + t;
      const oldest = Math.max(length - count, window === null ? 0 : now - window + 1, first);
      const at = (row * queries + t) * keys - first;
      values.fill(0, at + oldest, at + now + 1);
    }
  });
  return q.zoo.tensor(values, { shape: [rows.length, 1, 1, queries, keys] });
}

/** The same for all queries and keys in ops, [B, 1, 1, T, L + T], with the tokens seen [B] i32 as data. */
function tracedVisibility(q: Tensor, L: number, seen: Tensor, window: number | null): Tensor {
  const { zoo } = q;
  const [B, T] = [q.shape[0]!, q.shape[3]!];
  const now = add(reshape(counting(zoo, T), { shape: [T, 1] }), L);
  const key = counting(zoo, L + T);
  const first = sub(L, reshape(cast(seen, { dtype: 'f32' }), { shape: [B, 1, 1, 1, 1] }));
  const before = logicalAnd(le(key, now), ge(key, first));
  const visible = window === null ? before : logicalAnd(before, gt(key, sub(now, window)));
  return where(visible, 0, -Infinity);
}
