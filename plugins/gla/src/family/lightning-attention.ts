import { AttrError, type Tensor } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { attrsOf, type FamilyOptions, type Result } from './options';

/**
 * Lightning attention of TransNormerLLM (Qin et al., 2023): head h of `layer` (from 0) of `layers` has the log decay
 * -(8 / H) · (1 - layer / layers) · h. q, k [B, T, H, K]; v [B, T, H, V]. Throws `AttrError` for a layer outside 0 … layers - 1.
 */
export function lightningAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { layer, layers, ...options }: FamilyOptions & { readonly layer: number; readonly layers: number },
): Result {
  if (!(Number.isInteger(layer) && layer >= 0 && layer < layers)) {
    throw new AttrError(`lightningAttention: layer must be one of 0 to ${layers - 1}, got ${layer}.`, {
      op: 'lightningAttention',
      argument: 'layer',
      got: layer,
    });
  }
  const heads = q.shape[2] ?? 0;
  const decay = Float32Array.from({ length: heads }, (_, h) => -(8 / heads) * (1 - layer / layers) * h);
  return q.zoo.scope(() => gla(q, k, v, q.zoo.tensor(decay), null, options.initialState, attrsOf(options)));
}
