import { attr } from '../attr';
import type { Spec } from '../dtype';
import type { Tensor } from '../tensor';
import { add, mul } from './binary';
import { eq, ge, where } from './compare';
import { matmul } from './matmul';
import { softmax } from './norm';
import { amax } from './reduce';
import { broadcast, want } from './shapes';

/** Attributes of `attention` and of its gradient. */
export const attentionAttrs = { scale: attr.number(null), causal: attr.boolean(false) };

interface AttentionAttrs {
  readonly scale: number | null;
  readonly causal: boolean;
}

/** The factor on the scores; 1 where there is nothing to scale. */
export const attentionScale = (q: Spec, { scale }: AttentionAttrs): number =>
  scale ?? Math.max(1, q.shape.at(-1)!) ** -0.5;

/** Checks the inputs of `op` and returns the scores' shape [..., N, M]. */
export function scoreShape(op: string, q: Spec, k: Spec, v: Spec, bias: Spec | undefined): number[] {
  want(q.shape.length >= 2, op, 'query', '[..., N, D]', q.shape);
  const [n, width] = q.shape.slice(-2) as [number, number];
  want(k.shape.length >= 2 && k.shape.at(-1) === width, op, 'key', `[..., M, ${width}]`, k.shape);
  const m = k.shape.at(-2)!;
  want(v.shape.length >= 2 && v.shape.at(-2) === m, op, 'value', `[..., ${m}, E]`, v.shape);
  const [leadQ, leadK, leadV] = [q, k, v].map((x) => x.shape.slice(0, -2)) as [number[], number[], number[]];
  const lead = broadcast(op, broadcast(op, leadQ, leadK, ['query', 'key']), leadV, ['query and key', 'value']);
  const scores = [...lead, n, m];
  if (bias) {
    const joined = broadcast(op, scores, bias.shape, ['scores', 'bias']);
    const fits = joined.length === scores.length && joined.every((size, i) => size === scores[i]);
    want(fits, op, 'bias', `broadcastable to [${scores.join(', ')}]`, bias.shape);
  }
  return scores;
}

/** Pairs of a query and a key that it may see, in one [N, M] matrix of scores. */
export function visiblePairs(n: number, m: number, causal: boolean): number {
  if (!causal) return n * m;
  const corner = Math.min(n, m);
  return (corner * (corner + 1)) / 2 + (n - corner) * m;
}

/** softmax(query · keyᵀ · scale + bias) over the keys: the weights [..., N, M], zeros where a query sees no key at all. */
export function attentionWeights(q: Tensor, k: Tensor, bias: Tensor | undefined, attrs: AttentionAttrs): Tensor {
  const [n, m] = [q.shape.at(-2)!, k.shape.at(-2)!];
  const scale = attentionScale(q, attrs);
  let scores = matmul(q, k, { transposeB: true });
  if (scale !== 1) scores = mul(scores, scale);
  if (bias) scores = add(scores, bias);
  if (attrs.causal) {
    const row = q.zoo.tensor(
      Int32Array.from({ length: n }, (_, i) => i),
      { shape: [n, 1] },
    );
    const column = q.zoo.tensor(Int32Array.from({ length: m }, (_, j) => j));
    scores = where(ge(row, column), scores, -Infinity);
  }
  if (m === 0) return scores;
  if (!bias) return softmax(scores, { dim: -1 });
  // Only a bias can hide every key of a query; 0 / 0 would then spread through the whole model, and back through its gradients.
  const blind = eq(amax(scores, { dim: [-1], keepdim: true }), -Infinity);
  return where(blind, 0, softmax(where(blind, 0, scores), { dim: -1 }));
}
