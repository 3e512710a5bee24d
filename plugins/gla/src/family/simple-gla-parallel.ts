import { exp, matmul, where, type Tensor } from '@paperzoo/core';

/**
 * `simpleGla` as attention, for looking at its weights: scores_ij = scale · q_i·k_j · exp(g_{j+1} + … + g_i) for j ≤ i, else 0.
 * q, k [B, T, H, K]; v [B, T, H, V]; g [B, T, H]. → output [B, T, H, V] and scores [B, H, T, T]; time and memory grow with T².
 */
export function simpleGlaParallel(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  g: Tensor,
  { scale = null }: { readonly scale?: number | null } = {},
): [o: Tensor, scores: Tensor] {
  const { zoo } = q;
  const [B, T, H, K] = q.shape as readonly [number, number, number, number];
  const lower = (below: number) =>
    zoo.tensor(
      Uint8Array.from({ length: T * T }, (_, at) => Number(Math.floor(at / T) - (at % T) >= below)),
      { shape: [T, T], dtype: 'bool' },
    );
  return zoo.scope(() => {
    const heads = (x: Tensor) => x.permute([0, 2, 1, 3]);
    // Sums of the gates behind j, never a difference of sums: strong decays keep their neighbours' digits.
    const gates = where(lower(1), g.permute([0, 2, 1]).reshape([B, H, T, 1]), 0);
    const decay = exp(gates.cumsum(2));
    const raw = matmul(heads(q), heads(k), { transposeB: true }).mul(scale ?? K ** -0.5);
    const scores = where(lower(0), raw.mul(decay), 0);
    return [heads(matmul(scores, heads(v))), scores];
  });
}
