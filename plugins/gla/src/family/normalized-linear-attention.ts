import { AttrError, type Tensor } from '@paperzoo/core';
import { linearAttention } from './linear-attention';
import type { FamilyOptions } from './options';

const EPS = 1e-10;

/**
 * Linear attention whose weights are divided by their sum: o_t / (scale · q_t·z_t + 1e-10) with z_t = z_0 + Σ k_s (s ≤ t). Meant for positive
 * features. q, k [B, T, H, K]; v [B, T, H, V]; `initialKeys`, z_0, [B, 1, H, K]. → output, state and final z [B, 1, H, K].
 * Throws `AttrError` for packed or reversed sequences, whose sums of keys would mix.
 */
export function normalizedLinearAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: FamilyOptions & { readonly initialKeys?: Tensor | null } = {},
): [o: Tensor, state: Tensor, z: Tensor] {
  if (options.cuSeqlens || options.reverse) {
    throw new AttrError('normalizedLinearAttention: takes whole rows in order; unpack or flip the sequences first.', {
      op: 'normalizedLinearAttention',
      argument: options.reverse ? 'reverse' : 'cuSeqlens',
    });
  }
  const [, T, , K] = q.shape as readonly [number, number, number, number];
  return q.zoo.scope(() => {
    const [o, state] = linearAttention(q, k, v, options);
    const sums = options.initialKeys ? k.cumsum(1).add(options.initialKeys) : k.cumsum(1);
    const weight = q
      .mul(sums)
      .sum(-1, true)
      .mul(options.scale ?? K ** -0.5);
    const z = T > 0 ? sums.slice(1, T - 1, T) : (options.initialKeys ?? k.sum(1, true)).mul(1);
    return [o.div(weight.add(EPS)), state, z];
  });
}
