import { attr } from '../attr';
import { defineOp, implement, optional, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { attentionAttrs, attentionScale, attentionWeights, scoreShape, visiblePairs } from './attention-weights';
import { mul, sub } from './binary';
import { matmul } from './matmul';
import { sum } from './reduce';
import { sizeOf, wantShape } from './shapes';

/**
 * Gradients of `attention`: of query [..., N, D], key [..., M, D] and value [..., M, E], whose leading axes must be equal here, and of the
 * scores [..., N, M] when `biasGrad` is set, else an empty tensor [0]. grad [..., N, E] belongs to `attention`'s output.
 */
export const attentionGrad = defineOp({
  name: 'attention_grad',
  version: 1,
  inputs: [tensor('query'), tensor('key'), tensor('value'), tensor('grad'), optional('bias')],
  attrs: { ...attentionAttrs, biasGrad: attr.boolean(false) },
  shape([q, k, v, g, bias], { biasGrad }) {
    const scores = scoreShape('attention_grad', q, k, v, bias);
    const lead = scores.slice(0, -2);
    for (const [name, x] of [
      ['query', q],
      ['key', k],
      ['value', v],
    ] as const) {
      wantShape('attention_grad', name, x, [...lead, ...x.shape.slice(-2)]);
    }
    wantShape('attention_grad', 'grad', g, [...scores.slice(0, -1), v.shape.at(-1)!]);
    const like = (shape: readonly number[]) => ({ shape, dtype: 'f32' }) as const;
    return [like(q.shape), like(k.shape), like(v.shape), like(biasGrad ? scores : [0])] as const;
  },
  cost([q, k, v], _outs, { causal }) {
    const pairs = sizeOf(q.shape.slice(0, -2)) * visiblePairs(q.shape.at(-2)!, k.shape.at(-2)!, causal);
    const macs = pairs * (3 * q.shape.at(-1)! + 2 * v.shape.at(-1)!);
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => {
    const ins = (lead: number[], n: number, m: number, d: number, e: number) => [
      { shape: [...lead, n, d] },
      { shape: [...lead, m, d] },
      { shape: [...lead, m, e] },
      { shape: [...lead, n, e] },
    ];
    const hidden = [0, -Infinity, 1, -Infinity, -Infinity, -Infinity];
    return [
      { name: 'self', ins: ins([2, 2], 5, 5, 4, 4) },
      { name: 'biased', ins: [...ins([2], 6, 7, 5, 3), { shape: [6, 7] }], attrs: { biasGrad: true, scale: 0.5 } },
      { name: 'causal', ins: ins([2], 11, 11, 9, 4), attrs: { causal: true } },
      {
        name: 'causal, more keys',
        ins: [...ins([], 4, 6, 3, 5), { shape: [6] }],
        attrs: { causal: true, biasGrad: true },
      },
      { name: 'causal, more queries', ins: ins([], 6, 4, 3, 5), attrs: { causal: true } },
      { name: 'one query', ins: ins([3], 1, 13, 8, 12) },
      {
        name: 'hidden keys',
        ins: [...ins([], 2, 3, 3, 2), { shape: [2, 3], fill: hidden }],
        attrs: { biasGrad: true },
      },
      { name: 'bias per query', ins: [...ins([], 3, 4, 3, 2), { shape: [3, 1] }] },
      { name: 'several blocks', ins: ins([2], 133, 75, 9, 13) },
      { name: 'several causal blocks', ins: ins([1], 140, 140, 8, 8), attrs: { causal: true, biasGrad: true } },
      { name: 'no keys', ins: ins([2], 3, 0, 4, 5) },
      { name: 'no queries', ins: ins([2], 0, 3, 4, 5) },
    ];
  },
});

implement(attentionGrad, {
  // With P the weights: dP = grad · valueᵀ, dScores = P ⊙ (dP - rowsum(P ⊙ dP)), and the rest are products with these two.
  composite([q, k, v, g, bias], { biasGrad, ...attrs }): [Tensor, Tensor, Tensor, Tensor] {
    const weights = attentionWeights(q, k, bias, attrs);
    const weighted = mul(weights, matmul(g, v, { transposeB: true }));
    const dScores = sub(weighted, mul(weights, sum(weighted, { dim: [-1], keepdim: true })));
    const scale = attentionScale(q, attrs);
    const dq = mul(matmul(dScores, k), scale);
    const dk = mul(matmul(dScores, q, { transposeA: true }), scale);
    return [dq, dk, matmul(weights, g, { transposeA: true }), biasGrad ? dScores : q.zoo.zeros([0])];
  },
  tolerance: { rel: 6e-6, abs: 6e-6 },
});
