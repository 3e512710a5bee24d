import { add, cast, concat, cos, floor, isTensor, mul, reshape, sin, slice, sub, type Tensor } from '@paperzoo/core';
import { counting, type Seen } from './positions';

/** Turns pairs of channels by angles that grow with a token's position. */
export type Rotation = (x: Tensor) => Tensor;

/** Cosines and sines of all angles, broadcastable to [B, T, H, D / 2]. */
type Tables = readonly [cos: Tensor, sin: Tensor];

/**
 * Rotary position embedding (Su et al., arXiv 2104.09864), channel i paired with channel i + D / 2 as upstream has it: for x [B, T, H, D]
 * whose rows begin at the positions `starts` [B].
 */
export function rotary(like: Tensor, starts: Seen, theta: number): Rotation {
  const half = like.shape[3]! / 2;
  const [c, s] = isTensor(starts) ? tracedTables(like, starts as Tensor, theta) : tables(like, starts, theta);
  return (x) => {
    const [a, b] = [slice(x, { dim: -1, end: half }), slice(x, { dim: -1, start: half })];
    return concat([a.mul(c).sub(b.mul(s)), b.mul(c).add(a.mul(s))], { dim: -1 });
  };
}

function tables(like: Tensor, starts: readonly number[], theta: number): Tables {
  const [, T, , D] = like.shape as readonly [number, number, number, number];
  const half = D / 2;
  // Rows at the same place share one table.
  const rows = starts.every((start) => start === starts[0]) ? starts.slice(0, 1) : starts;
  const angle = (at: number): number => {
    const i = at % half;
    const t = Math.floor(at / half) % T;
    return (rows[Math.floor(at / (half * T))]! + t) * theta ** (-i / half);
  };
  const size = rows.length * T * half;
  const table = (f: (x: number) => number): Tensor =>
    like.zoo.tensor(
      Float32Array.from({ length: size }, (_, at) => f(angle(at))),
      { shape: [rows.length, T, 1, half] },
    );
  return [table(Math.cos), table(Math.sin)];
}

/** The same tables in ops of float32: angles are counted in turns, of which only the fraction matters. */
function tracedTables(like: Tensor, starts: Tensor, theta: number): Tables {
  const { zoo } = like;
  const [B, T, , D] = like.shape as readonly [number, number, number, number];
  const half = D / 2;
  const position = add(
    reshape(cast(starts, { dtype: 'f32' }), { shape: [B, 1, 1, 1] }),
    reshape(counting(zoo, T), { shape: [1, T, 1, 1] }),
  );
  const rates = Array.from({ length: half }, (_, i) => theta ** (-i / half) / (2 * Math.PI));
  const parts = inParts(rates).map((part) => fraction(mul(position, zoo.tensor(part, { shape: [half] }))));
  const angle = mul(fraction(parts.reduce((a, b) => add(a, b))), 2 * Math.PI);
  return [cos(angle), sin(angle)];
}

const fraction = (x: Tensor): Tensor => sub(x, floor(x));

/** Significant bits of a part: its product with a position below 2¹⁶ is exact in float32. */
const PART_BITS = 8;

/** Numbers as sums of three, the first two of few bits, so that a product with a large position loses no fraction. */
function inParts(values: readonly number[]): Float32Array[] {
  let rest = values;
  const leading = Array.from({ length: 2 }, () => {
    const part = rest.map((value) => {
      const step = 2 ** (Math.floor(Math.log2(value)) - PART_BITS + 1);
      return value > 0 ? Math.floor(value / step) * step : 0;
    });
    rest = rest.map((value, i) => value - part[i]!);
    return Float32Array.from(part);
  });
  return [...leading, Float32Array.from(rest)];
}
