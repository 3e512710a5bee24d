import { attr, defineOp, implement, optional, tensor, type Cost, type Sample } from '@paperzoo/core';
import { glaGrad } from './gla-grad';
import { glaOnnx } from './gla-onnx';
import { glaSamples } from './gla-samples';
import { glaSizes } from './gla-shapes';
import { recurrence } from './recurrence';

export const glaAttrs = {
  /** Factor on q; null is K^-1/2. */
  scale: attr.number(null),
  reverse: attr.boolean(false),
  exclusive: attr.boolean(false),
  cuSeqlens: attr.ints(null),
};

/** Work per token and head of the chunked form with chunks of 64 (paper, section 4.2): two products with the state, two inside the chunk. */
export function glaCost(B: number, T: number, H: number, K: number, V: number): Cost {
  const macs = B * T * H * (2 * K * V + 32 * (K + V));
  return { macs, flops: 2 * macs };
}

/**
 * Gated linear attention (Yang et al., ICML 2024, section 2): per head, S_t = diag(exp g_t) S_{t-1} + k_t v_tᵀ and o_t = scale · S_tᵀ q_t.
 *
 * q, k [B, T, H, K]; v [B, T, H, V]; g, the log decay (≤ 0, -infinity allowed): absent, [H], [B, T, H] or [B, T, H, K]; gv [B, T, H, V], a log
 * decay of the state's columns; initialState [N, H, K, V], zeros when absent. All float32. → [o [B, T, H, V], finalState [N, H, K, V]].
 * `reverse` runs from the last token to the first. `exclusive` reads the state before the token enters and adds the token through `bonus`
 * u [H, K]: o_t = scale · (S_{t-1}ᵀ q_t + ((q_t ⊙ u) · k_t) v_t), as RWKV-6. `cuSeqlens` [N + 1] packs N sequences into a batch of 1.
 * Throws `ShapeError` and `AttrError` that name the argument; gates above 0 and NaN are looked for on the cpu device.
 */
export const gla = defineOp({
  name: 'gla.gla',
  version: 1,
  inputs: [
    tensor('q'),
    tensor('k'),
    tensor('v'),
    optional('g'),
    optional('gv'),
    optional('initialState'),
    optional('bonus'),
  ],
  attrs: glaAttrs,
  shape(ins, attrs) {
    const { B, T, H, K, V, N } = glaSizes('gla.gla', ins, attrs);
    return [
      { shape: [B, T, H, V], dtype: 'f32' },
      { shape: [N, H, K, V], dtype: 'f32' },
    ] as const;
  },
  cost: ([q, , v]) => glaCost(q.shape[0]!, q.shape[1]!, q.shape[2]!, q.shape[3]!, v.shape[3]!),
  samples: (): Sample[] => glaSamples(),
});

implement(gla, {
  onnx: glaOnnx,
  composite: (ins, attrs) => recurrence(ins, attrs),
  vjp({ ins: [q, k, v, g, gv, initialState, bonus], grads: [dO, dFinal], attrs }) {
    const [dq, dk, dv, dg, dgv, dInitial, dBonus] = glaGrad(q, k, v, dO!, dFinal!, g, gv, initialState, bonus, attrs);
    return [dq, dk, dv, g && dg, gv && dgv, initialState && dInitial, bonus && dBonus];
  },
  tolerance: { rel: 3e-6, abs: 3e-6 },
});
