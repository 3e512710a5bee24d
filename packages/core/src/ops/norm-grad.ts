import { attr } from '../attr';
import { defineOp, implement, optional, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { add, mul, sub } from './binary';
import { mean, sum } from './reduce';
import { sizeOf, want, wantShape } from './shapes';
import { rsqrt } from './unary';

/**
 * Gradients of `rmsNorm`'s input and weight. input and grad share a shape [..., N], weight [N]. With x̂ = x / sqrt(mean(x²) + eps) and
 * g = grad · weight: [(g - x̂ · mean(g · x̂)) / sqrt(…), Σ grad · x̂ over all rows].
 */
export const rmsNormGrad = defineOp({
  name: 'rms_norm_grad',
  version: 1,
  inputs: [tensor('input'), tensor('grad'), optional('weight')],
  attrs: { eps: attr.number(1e-5) },
  shape([x, dy, weight]) {
    want(x.shape.length > 0, 'rms_norm_grad', 'input', 'at least a vector', x.shape);
    const row = [x.shape.at(-1)!];
    wantShape('rms_norm_grad', 'grad', dy, x.shape);
    wantShape('rms_norm_grad', 'weight', weight, row);
    return [
      { shape: x.shape, dtype: 'f32' },
      { shape: row, dtype: 'f32' },
    ] as const;
  },
  cost: ([x]) => ({ flops: 12 * sizeOf(x.shape) }),
  samples: (): Sample[] => [
    { name: 'affine', ins: [{ shape: [5, 18] }, { shape: [5, 18] }, { shape: [18] }] },
    { name: 'bare', ins: [{ shape: [2, 3, 7] }, { shape: [2, 3, 7] }, null], attrs: { eps: 1e-3 } },
    { name: 'many rows', ins: [{ shape: [131, 5] }, { shape: [131, 5] }, { shape: [5] }] },
  ],
});

/**
 * Gradients of `layerNorm`'s input, weight and bias over the trailing axes `normalizedShape`. With x̂ the normalised input, r = 1 / deviation and
 * g = grad · weight: [r · (g - mean(g) - x̂ · mean(g · x̂)), Σ grad · x̂ over all rows, Σ grad over all rows].
 */
export const layerNormGrad = defineOp({
  name: 'layer_norm_grad',
  version: 1,
  inputs: [tensor('input'), tensor('grad'), optional('weight')],
  attrs: { normalizedShape: attr.ints(), eps: attr.number(1e-5) },
  shape([x, dy, weight], { normalizedShape }) {
    const tail = x.shape.slice(Math.max(0, x.shape.length - normalizedShape.length));
    const fits = normalizedShape.length > 0 && String(tail) === String(normalizedShape);
    want(fits, 'layer_norm_grad', 'input', `[..., ${normalizedShape.join(', ')}]`, x.shape);
    wantShape('layer_norm_grad', 'grad', dy, x.shape);
    wantShape('layer_norm_grad', 'weight', weight, normalizedShape);
    return [
      { shape: x.shape, dtype: 'f32' },
      { shape: normalizedShape, dtype: 'f32' },
      { shape: normalizedShape, dtype: 'f32' },
    ] as const;
  },
  cost: ([x]) => ({ flops: 16 * sizeOf(x.shape) }),
  samples: (): Sample[] => [
    {
      name: 'affine',
      ins: [{ shape: [3, 5, 20] }, { shape: [3, 5, 20] }, { shape: [20] }],
      attrs: { normalizedShape: [20] },
    },
    {
      name: 'bare',
      ins: [{ shape: [4, 7] }, { shape: [4, 7] }, null],
      attrs: { normalizedShape: [7], eps: 1e-3 },
    },
    {
      name: 'two axes',
      ins: [{ shape: [67, 3, 5] }, { shape: [67, 3, 5] }, { shape: [3, 5] }],
      attrs: { normalizedShape: [3, 5] },
    },
  ],
});

const others = (x: Tensor, axes: number) => x.shape.map((_, i) => i).slice(0, x.shape.length - axes);

implement(rmsNormGrad, {
  composite([x, dy, weight], { eps }): [Tensor, Tensor] {
    const r = rsqrt(add(mean(mul(x, x), { dim: [-1], keepdim: true }), eps));
    const xhat = mul(x, r);
    const g = weight ? mul(dy, weight) : dy;
    const dx = mul(r, sub(g, mul(xhat, mean(mul(g, xhat), { dim: [-1], keepdim: true }))));
    return [dx, sum(mul(dy, xhat), { dim: others(x, 1) })];
  },
  tolerance: { rel: 6e-6, abs: 1e-5 },
});

implement(layerNormGrad, {
  composite([x, dy, weight], { normalizedShape, eps }): [Tensor, Tensor, Tensor] {
    const dim = normalizedShape.map((_, i) => x.shape.length - 1 - i);
    const rowMean = (t: Tensor) => mean(t, { dim, keepdim: true });
    const centred = sub(x, rowMean(x));
    const r = rsqrt(add(rowMean(mul(centred, centred)), eps));
    const xhat = mul(centred, r);
    const g = weight ? mul(dy, weight) : dy;
    const dx = mul(r, sub(sub(g, rowMean(g)), mul(xhat, rowMean(mul(g, xhat)))));
    const rows = others(x, normalizedShape.length);
    return [dx, sum(mul(dy, xhat), { dim: rows }), sum(dy, { dim: rows })];
  },
  // Of a row of two values nothing is left but what eps lets through, so that rounding looms large beside it; `abs` is the strict bound.
  tolerance: { rel: 1e-4, abs: 1e-5 },
});
