import { expm1, log, log1p, logaddexp, type Tensor } from '@paperzoo/core';
import { gateLogsigmoid } from '../ops/gate-logsigmoid';
import { gla } from '../ops/gla';
import { attrsOf, type FamilyOptions, type Result } from './options';

/**
 * HGRN2 (Qin et al., COLM 2024): the forget gate is sigmoid(f), raised above `lowerBound` when there is one, and the key is what it leaves,
 * 1 - gate; q passes through swish. q, f [B, T, H, K] before any activation; v [B, T, H, V]; lowerBound in (0, 1), broadcast to f.
 */
export function hgrn2(
  q: Tensor,
  f: Tensor,
  v: Tensor,
  { lowerBound, ...options }: FamilyOptions & { readonly lowerBound?: Tensor | null } = {},
): Result {
  return q.zoo.scope(() => {
    const own = gateLogsigmoid(f, { tau: 1 });
    const g = lowerBound ? logaddexp(log(lowerBound), log1p(lowerBound.neg()).add(own)) : own;
    return gla(q.silu(), expm1(g).neg(), v, g, null, options.initialState, attrsOf(options));
  });
}
