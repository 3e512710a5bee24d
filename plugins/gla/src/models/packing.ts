import { AttrError, concat, indexSelect, reshape, type Tensor } from '@paperzoo/core';

/** 1 for a token that counts and 0 for padding, one row per sequence; only the last T columns of a call over T tokens matter. */
export type AttentionMask = readonly (readonly number[])[];

/** How the tokens of a batch that count lie one after the other. */
export interface Packing {
  /** Flat position batch · T + t of each packed token. */
  readonly positions: readonly number[];
  /** Where each row of the batch begins in the packed order, and the end. */
  readonly cuSeqlens: readonly number[];
  readonly batch: number;
  readonly tokens: number;
}

/**
 * Undefined when nothing is masked, because a plain batch is faster then.
 * @throws AttrError for a mask of another batch, one that is too short, or values that are neither 0 nor 1
 */
export function packingOf(mask: AttentionMask | undefined, batch: number, tokens: number): Packing | undefined {
  if (mask === undefined) return undefined;
  const rows = Array.isArray(mask) ? (mask as AttentionMask) : [];
  const width = Math.min(...rows.map((row) => (Array.isArray(row) ? row.length : -1)), Infinity);
  if (rows.length !== batch || !(width >= tokens) || rows.some((row) => row.length !== width)) {
    const got = Array.isArray(mask) ? `${rows.length} rows, the shortest of ${width}` : typeof mask;
    throw new AttrError(`attentionMask must have ${batch} equal rows of at least ${tokens} values, got ${got}.`, {
      argument: 'attentionMask',
      expected: [batch, tokens],
      got,
    });
  }
  const positions: number[] = [];
  const cuSeqlens = [0];
  rows.forEach((row, b) => {
    row.slice(width - tokens).forEach((value, t) => {
      if (value !== 0 && value !== 1) {
        const details = { argument: 'attentionMask', expected: '0 or 1', got: value };
        throw new AttrError(`attentionMask holds ${String(value)} in row ${b}; it must be 0 or 1.`, details);
      }
      if (value === 1) positions.push(b * tokens + t);
    });
    cuSeqlens.push(positions.length);
  });
  return positions.length === batch * tokens ? undefined : { positions, cuSeqlens, batch, tokens };
}

/** x [B, T, D] → the tokens that count [1, M, D]. */
export function unpad(x: Tensor, { positions }: Packing): Tensor {
  const D = x.shape[2]!;
  const rows = reshape(x, { shape: [x.shape[0]! * x.shape[1]!, D] });
  const index = x.zoo.tensor([...positions], { shape: [positions.length], dtype: 'i32' });
  return reshape(indexSelect(rows, index, { dim: 0 }), { shape: [1, positions.length, D] });
}

/** y [1, M, D] → [B, T, D] with zeros at masked positions. */
export function repad(y: Tensor, { positions, batch, tokens }: Packing): Tensor {
  const D = y.shape[2]!;
  const M = positions.length;
  const from = new Int32Array(batch * tokens).fill(M);
  positions.forEach((position, row) => (from[position] = row));
  const rows = concat([reshape(y, { shape: [M, D] }), y.zoo.zeros([1, D])], { dim: 0 });
  return reshape(indexSelect(rows, y.zoo.tensor(from), { dim: 0 }), { shape: [batch, tokens, D] });
}
