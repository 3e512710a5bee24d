import { concat, slice, type Tensor } from '@paperzoo/core';

/** Turns pairs of channels by angles that grow with a token's position. */
export type Rotation = (x: Tensor) => Tensor;

/**
 * Rotary position embedding (Su et al., arXiv 2104.09864), channel i paired with channel i + D / 2 as upstream has it: for x [B, T, H, D]
 * whose rows begin at the positions `starts` [B].
 */
export function rotary(like: Tensor, starts: readonly number[], theta: number): Rotation {
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
  const [cos, sin] = [table(Math.cos), table(Math.sin)];
  return (x) => {
    const [a, b] = [slice(x, { dim: -1, end: half }), slice(x, { dim: -1, start: half })];
    return concat([a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))], { dim: -1 });
  };
}
