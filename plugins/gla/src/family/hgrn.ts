import type { Tensor } from '@paperzoo/core';
import { gla } from '../ops/gla';

/**
 * HGRN's gated recurrence (Qin et al., NeurIPS 2023), one number per channel: h_t = exp(g_t) h_{t-1} + x_t.
 * x, g [B, T, D]; initialState [B, D], zeros when absent. → h [B, T, D] and the final state [B, D].
 */
export function hgrn(
  x: Tensor,
  g: Tensor,
  { initialState }: { readonly initialState?: Tensor | null } = {},
): [h: Tensor, state: Tensor] {
  const [B, T, D] = x.shape as readonly [number, number, number];
  return x.zoo.scope(() => {
    const one = x.zoo.ones([B, T, D, 1]);
    const initial = initialState?.reshape([B, D, 1, 1]);
    const [h, state] = gla(one, one, x.reshape([B, T, D, 1]), g, null, initial, { scale: 1 });
    return [h.reshape([B, T, D]), state.reshape([B, D])];
  });
}
