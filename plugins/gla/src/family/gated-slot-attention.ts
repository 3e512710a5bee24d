import type { Tensor } from '@paperzoo/core';
import { gla } from '../ops/gla';

/**
 * Gated slot attention (Zhang et al., NeurIPS 2024): M memory slots, written with weights s and forgotten by g, are read by softmax attention.
 * Two passes of `gla`: keys into slots with the gate on the slots, then slots into values.
 * q, k [B, T, H, K]; v [B, T, H, V]; s, g [B, T, H, M]; states [B, H, K, M] and [B, H, M, V]. → output [B, T, H, V] and both final states.
 */
export function gatedSlotAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  s: Tensor,
  g: Tensor,
  options: {
    readonly scale?: number | null;
    readonly initialKeys?: Tensor | null;
    readonly initialValues?: Tensor | null;
    readonly cuSeqlens?: readonly number[] | null;
  } = {},
): [o: Tensor, keys: Tensor, values: Tensor] {
  const cuSeqlens = options.cuSeqlens ? [...options.cuSeqlens] : null;
  return q.zoo.scope(() => {
    const [slots, keys] = gla(q, k, s, null, g, options.initialKeys, { scale: options.scale ?? null, cuSeqlens });
    const [o, values] = gla(slots.softmax(-1), s, v, g, null, options.initialValues, { scale: 1, cuSeqlens });
    return [o, keys, values];
  });
}
