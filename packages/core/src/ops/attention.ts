import { attr } from '../attr';
import { defineOp, implement, optional, tensor, type Sample } from '../op';
import { add, mul } from './binary';
import { matmul } from './matmul';
import { softmax } from './norm';
import { broadcast, sizeOf, want } from './shapes';

/**
 * softmax(query · keyᵀ · scale + bias) · value. query [..., N, D], key [..., M, D], value [..., M, E]; bias broadcasts to [..., N, M].
 * `scale` null is 1 / √D.
 */
export const attention = defineOp({
  name: 'attention',
  version: 1,
  inputs: [tensor('query'), tensor('key'), tensor('value'), optional('bias')],
  attrs: { scale: attr.number(null) },
  shape([q, k, v, bias]) {
    want(q.shape.length >= 2, 'attention', 'query', '[..., N, D]', q.shape);
    want(
      k.shape.length >= 2 && k.shape.at(-1) === q.shape.at(-1),
      'attention',
      'key',
      `[..., M, ${q.shape.at(-1)}]`,
      k.shape,
    );
    want(
      v.shape.length >= 2 && v.shape.at(-2) === k.shape.at(-2),
      'attention',
      'value',
      `[..., ${k.shape.at(-2)}, E]`,
      v.shape,
    );
    const lead = broadcast(
      'attention',
      broadcast('attention', q.shape.slice(0, -2), k.shape.slice(0, -2)),
      v.shape.slice(0, -2),
    );
    if (bias) {
      const scores = [...lead, q.shape.at(-2)!, k.shape.at(-2)!];
      const joined = broadcast('attention', scores, bias.shape, ['scores', 'bias']);
      want(
        joined.length === scores.length && joined.every((n, i) => n === scores[i]),
        'attention',
        'bias',
        `broadcastable to [${scores.join(', ')}]`,
        bias.shape,
      );
    }
    return { shape: [...lead, q.shape.at(-2)!, v.shape.at(-1)!], dtype: 'f32' };
  },
  cost([q, k], [out]) {
    const macs =
      sizeOf(out!.shape) * k.shape.at(-2)! +
      (sizeOf(out!.shape) / (out!.shape.at(-1)! || 1)) * k.shape.at(-2)! * q.shape.at(-1)!;
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => [
    { name: 'self', ins: [{ shape: [2, 3, 9, 8] }, { shape: [2, 3, 9, 8] }, { shape: [2, 3, 9, 8] }, null] },
    {
      name: 'biased',
      ins: [{ shape: [2, 7, 4] }, { shape: [2, 5, 4] }, { shape: [2, 5, 6] }, { shape: [7, 5] }],
      attrs: { scale: 0.5 },
    },
  ],
});
implement(attention, {
  composite([q, k, v, bias], { scale }) {
    const scores = mul(matmul(q, k, { transposeB: true }), scale ?? q.shape.at(-1)! ** -0.5);
    return matmul(softmax(bias ? add(scores, bias) : scores, { dim: -1 }), v);
  },
  tolerance: { rel: 4e-6, abs: 4e-6 },
});
