import type { Tensor } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { attrsOf, type FamilyOptions, type Result } from './options';

/**
 * RetNet's retention (Sun et al., 2023): head h decays by 1 - 2^(-5 - h) per token. The rotation of q and k is the caller's.
 * q, k [B, T, H, K]; v [B, T, H, V].
 */
export function retention(q: Tensor, k: Tensor, v: Tensor, options: FamilyOptions = {}): Result {
  const heads = q.shape[2] ?? 0;
  const decay = Float32Array.from({ length: heads }, (_, h) => Math.log1p(-(2 ** (-5 - h))));
  return q.zoo.scope(() => gla(q, k, v, q.zoo.tensor(decay), null, options.initialState, attrsOf(options)));
}
