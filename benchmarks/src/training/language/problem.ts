import type { Initials } from '../problem';

/** A GLA language model of bytes, as `gla_tiny` of @paperzoo/gla is one. */
export const SIZES = {
  ...{ vocabulary: 256, width: 256, layers: 2, heads: 4, keys: 32, values: 64, inner: 768 },
  /** Tokens of one chunk of the peers' mixing; rows are multiples of it. */
  chunk: 64,
  ...{ eps: 1e-6, gateDivisor: 16 },
} as const;

export interface LanguageProblem {
  readonly batch: number;
  /** Tokens of a row, a multiple of `SIZES.chunk`. */
  readonly length: number;
  readonly initials: Initials;
  /** [batch, length]. */
  readonly ids: Int32Array<ArrayBuffer>;
}

/** Rows of a made-up language: each byte depends on the two before it, so that there is something to learn. */
export function sentences(batch: number, length: number): Int32Array<ArrayBuffer> {
  const { vocabulary } = SIZES;
  const ids = new Int32Array(new ArrayBuffer(4 * batch * length));
  for (let b = 0; b < batch; b++) {
    let [before, last] = [b + 1, 2 * b + 3];
    for (let t = 0; t < length; t++) {
      const next = (5 * last + 3 * before + 7 * (t % 3)) % vocabulary;
      ids[b * length + t] = next;
      [before, last] = [last, next];
    }
  }
  return ids;
}
