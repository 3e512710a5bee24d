import type { Tensor } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { attrsOf, type FamilyOptions, type Result } from './options';

/**
 * Linear attention without decay (Katharopoulos et al., ICML 2020): S_t = S_{t-1} + k_t v_tᵀ. Feature maps are the caller's.
 * q, k [B, T, H, K]; v [B, T, H, V].
 */
export function linearAttention(q: Tensor, k: Tensor, v: Tensor, options: FamilyOptions = {}): Result {
  return gla(q, k, v, null, null, options.initialState, attrsOf(options));
}
