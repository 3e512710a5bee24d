import { attention, concat, slice, type Tensor } from '@paperzoo/core';

/** Queries whose visibility is written out at once: the table stays small, however long the text is. */
const QUERIES = 512;

/** Keys before the queries: how many stand in the tensors, and how many of them count in each row (the last ones). */
export interface Past {
  readonly length: number;
  readonly counts: readonly number[];
}

/**
 * Causal softmax attention of T tokens on themselves and on those before them. q [B, G, R, T, D], k and v [B, G, 1, L + T, D], the L past ones
 * first. `window`: how many tokens one sees, itself included; null is all.
 */
export function windowedAttention(q: Tensor, k: Tensor, v: Tensor, past: Past, window: number | null): Tensor {
  const T = q.shape[3]!;
  const L = past.length;
  const ragged = past.counts.some((count) => count < L);
  const narrow = window !== null && L + T > window;
  if (!ragged && !narrow && L === 0) return attention(q, k, v, { causal: true });
  if (!ragged && !narrow && T === 1) return attention(q, k, v);
  const blocks: Tensor[] = [];
  for (let from = 0; from < T; from += QUERIES) {
    const to = Math.min(T, from + QUERIES);
    const first = window === null ? 0 : Math.max(0, L + from - window + 1);
    const last = L + to;
    const cut = (x: Tensor) => slice(x, { dim: 3, start: first, end: last });
    const bias = visibility(q, past, window, { from, to, first, last });
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
function visibility(q: Tensor, { length, counts }: Past, window: number | null, block: Block): Tensor {
  const { from, to, first, last } = block;
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
