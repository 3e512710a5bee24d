import { defineOp, implement, optional, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { attentionGrad } from './attention-grad';
import { attentionAttrs, attentionWeights, scoreShape, visiblePairs } from './attention-weights';
import { matmul } from './matmul';
import { expand } from './shape';
import { sizeOf, sumTo } from './shapes';

/**
 * softmax(query · keyᵀ · scale + bias) · value: PyTorch's `scaled_dot_product_attention`. query [..., N, D], key [..., M, D], value
 * [..., M, E], leading axes broadcast; bias broadcasts to [..., N, M]. `scale` null is 1 / √D. → [..., N, E].
 *
 * `causal`: query i sees keys 0 … i, counted from the first of both, whatever N and M are; so for the last N of M tokens pass a bias.
 * Unlike PyTorch's, it may be combined with a bias. A bias of -∞ hides a key; a query whose keys are all hidden gets zeros.
 */
export const attention = defineOp({
  name: 'attention',
  version: 1,
  inputs: [tensor('query'), tensor('key'), tensor('value'), optional('bias')],
  attrs: attentionAttrs,
  shape([q, k, v, bias]) {
    const scores = scoreShape('attention', q, k, v, bias);
    return { shape: [...scores.slice(0, -1), v.shape.at(-1)!], dtype: 'f32' };
  },
  cost([q, k, v], [out], { causal }) {
    const pairs = sizeOf(out!.shape.slice(0, -2)) * visiblePairs(q.shape.at(-2)!, k.shape.at(-2)!, causal);
    const macs = pairs * (q.shape.at(-1)! + v.shape.at(-1)!);
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => [
    { name: 'self', ins: [{ shape: [2, 3, 9, 8] }, { shape: [2, 3, 9, 8] }, { shape: [2, 3, 9, 8] }, null] },
    {
      name: 'biased',
      ins: [{ shape: [2, 7, 4] }, { shape: [2, 5, 4] }, { shape: [2, 5, 6] }, { shape: [7, 5] }],
      attrs: { scale: 0.5 },
    },
    {
      name: 'causal',
      ins: [{ shape: [2, 11, 5] }, { shape: [2, 11, 5] }, { shape: [2, 11, 3] }],
      attrs: { causal: true },
    },
    {
      name: 'causal, more keys',
      ins: [{ shape: [6, 4] }, { shape: [9, 4] }, { shape: [9, 2] }],
      attrs: { causal: true },
    },
    {
      name: 'causal, more queries',
      ins: [{ shape: [9, 4] }, { shape: [6, 4] }, { shape: [6, 2] }, { shape: [6] }],
      attrs: { causal: true },
    },
    { name: 'shared keys', ins: [{ shape: [2, 3, 5, 4] }, { shape: [2, 1, 6, 4] }, { shape: [6, 9] }] },
    {
      name: 'one query',
      ins: [{ shape: [3, 1, 20] }, { shape: [3, 17, 20] }, { shape: [3, 17, 12] }, { shape: [3, 1, 17] }],
    },
    {
      name: 'a bias per product, shared by its queries',
      ins: [{ shape: [3, 2, 20] }, { shape: [3, 17, 20] }, { shape: [3, 17, 12] }, { shape: [3, 1, 17] }],
    },
    {
      name: 'hidden keys',
      ins: [
        { shape: [2, 3] },
        { shape: [3, 3] },
        { shape: [3, 2] },
        { shape: [2, 3], fill: [0, -Infinity, 1, -Infinity, -Infinity, -Infinity] },
      ],
    },
    { name: 'bias per query', ins: [{ shape: [5, 3] }, { shape: [6, 3] }, { shape: [6, 4] }, { shape: [5, 1] }] },
    { name: 'huge scores', ins: [{ shape: [6, 3] }, { shape: [5, 3] }, { shape: [5, 2] }], attrs: { scale: 200 } },
    { name: 'several blocks', ins: [{ shape: [70, 9] }, { shape: [141, 9] }, { shape: [141, 13] }] },
    {
      name: 'several causal blocks',
      ins: [{ shape: [1, 150, 8] }, { shape: [2, 150, 8] }, { shape: [2, 150, 8] }, { shape: [2, 150, 150] }],
      attrs: { causal: true },
    },
    { name: 'no queries', ins: [{ shape: [2, 0, 4] }, { shape: [2, 5, 4] }, { shape: [2, 5, 6] }] },
    { name: 'no keys', ins: [{ shape: [2, 3, 4] }, { shape: [2, 0, 4] }, { shape: [2, 0, 6] }] },
  ],
});

implement(attention, {
  composite: ([q, k, v, bias], attrs) => matmul(attentionWeights(q, k, bias, attrs), v),
  vjp({ ins: [q, k, v, bias], grads: [g], attrs, needs }) {
    const lead = g!.shape.slice(0, -2);
    const whole = (x: Tensor) => {
      const shape = [...lead, ...x.shape.slice(-2)];
      return sizeOf(shape) === x.size && shape.length === x.shape.length ? x : expand(x, { shape });
    };
    const grads = attentionGrad(whole(q), whole(k), whole(v), g!, bias, { ...attrs, biasGrad: needs[3] ?? false });
    return [q, k, v, bias].map((x, i) => (x && needs[i] ? sumTo(grads[i]!, x.shape) : undefined));
  },
  tolerance: { rel: 4e-6, abs: 4e-6 },
});
