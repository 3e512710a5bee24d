import type { Tensor } from '@paperzoo/core';
import { gla } from '../ops/gla';
import { attrsOf, type FamilyOptions, type Result } from './options';

/**
 * One data-dependent decay per head and token, as in Mamba-2, gated RetNet and YOCO.
 * q, k [B, T, H, K]; v [B, T, H, V]; g [B, T, H], log decays ≤ 0.
 */
export function simpleGla(q: Tensor, k: Tensor, v: Tensor, g: Tensor, options: FamilyOptions = {}): Result {
  return gla(q, k, v, g, null, options.initialState, attrsOf(options));
}
