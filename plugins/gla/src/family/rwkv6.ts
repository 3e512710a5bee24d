import type { Tensor } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { attrsOf, type FamilyOptions, type Result } from './options';

/**
 * RWKV-6's time mixing (Peng et al., 2024): a token is read before it enters the state and comes in through u:
 * o_t = scale · (S_{t-1}ᵀ r_t + ((r_t ⊙ u) · k_t) v_t). r, k, w [B, T, H, K], w the log decay; v [B, T, H, V]; u [H, K].
 */
export function rwkv6(r: Tensor, k: Tensor, v: Tensor, w: Tensor, u: Tensor, options: FamilyOptions = {}): Result {
  return gla(r, k, v, w, null, options.initialState, u, { ...attrsOf(options), exclusive: true });
}
