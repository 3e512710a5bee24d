import {
  add,
  attr,
  concat,
  defineOp,
  implement,
  mul,
  optional,
  permute,
  reshape,
  ShapeError,
  silu,
  slice,
  tensor,
  type Sample,
  type Tensor,
} from '@paperzoo/core';
import { checkPacking, sequences, wantShape } from './gla-shapes';

const OP = 'gla.short_conv1d';

/**
 * Causal depthwise convolution over time: y_t[d] = activation(bias[d] + Σ_j weight[d, 0, j] · x_{t-W+1+j}[d]).
 *
 * x [B, T, D]; weight [D, 1, W], whose last tap meets the current token; bias [D]; cache [N, D, W], the last W inputs of each sequence, newest
 * last, zeros when absent. → [y [B, T, D], the cache after the last token [N, D, W]]. `cuSeqlens` [N + 1] packs N sequences into a batch of 1.
 */
export const shortConv1d = defineOp({
  name: OP,
  version: 1,
  inputs: [tensor('x'), tensor('weight'), optional('bias'), optional('cache')],
  attrs: { activation: attr.oneOf(['silu', 'none'], 'silu'), cuSeqlens: attr.ints(null) },
  shape([x, weight, bias, cache], { cuSeqlens }) {
    const [B, T, D] = x.shape as readonly [number, number, number];
    const W = weight.shape[2] ?? 0;
    if (x.shape.length !== 3) {
      const details = { op: OP, argument: 'x', expected: '[batch, tokens, channels]', got: x.shape };
      throw new ShapeError(`${OP}: x must be [batch, tokens, channels], got [${x.shape.join(', ')}].`, details);
    }
    if (W === 0) {
      const details = { op: OP, argument: 'weight', expected: '[channels, 1, width]', got: weight.shape };
      throw new ShapeError(`${OP}: weight must be [channels, 1, width] with a width of at least 1.`, details);
    }
    wantShape(OP, 'weight', weight, [D, 1, W], '[channels, 1, width]');
    wantShape(OP, 'bias', bias, [D], '[channels]');
    if (cuSeqlens) checkPacking(OP, cuSeqlens, B, T);
    const N = cuSeqlens ? cuSeqlens.length - 1 : B;
    wantShape(OP, 'cache', cache, [N, D, W], '[sequences, channels, width]');
    return [
      { shape: [B, T, D], dtype: 'f32' },
      { shape: [N, D, W], dtype: 'f32' },
    ] as const;
  },
  cost([x, weight]) {
    const macs = x.shape.reduce((a, b) => a * b, 1) * weight.shape[2]!;
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => [
    { name: 'plain', ins: [{ shape: [2, 9, 6] }, { shape: [6, 1, 4] }, null, null] },
    { name: 'cache', ins: [{ shape: [2, 7, 5] }, { shape: [5, 1, 4] }, { shape: [5] }, { shape: [2, 5, 4] }] },
    { name: 'one token', ins: [{ shape: [3, 1, 6] }, { shape: [6, 1, 4] }, null, { shape: [3, 6, 4] }] },
    { name: 'short', ins: [{ shape: [2, 2, 5] }, { shape: [5, 1, 4] }, null, null], attrs: { activation: 'none' } },
    {
      name: 'packed',
      ins: [{ shape: [1, 8, 4] }, { shape: [4, 1, 3] }, null, { shape: [3, 4, 3] }],
      attrs: { cuSeqlens: [0, 2, 2, 8] },
    },
    { name: 'width 1', ins: [{ shape: [1, 3, 4] }, { shape: [4, 1, 1] }, null, null] },
  ],
});

implement(shortConv1d, {
  composite([x, weight, bias, cache], { activation, cuSeqlens }): [Tensor, Tensor] {
    const { zoo } = x;
    const [B, T, D] = x.shape as readonly [number, number, number];
    const W = weight.shape[2]!;
    const outputs: Tensor[] = [];
    const caches: Tensor[] = [];
    const packed = sequences({ B, T }, cuSeqlens);
    // Rows of a batch go side by side; packed sequences one after the other.
    for (const [n, { begin, end }] of (cuSeqlens ? packed : [{ begin: 0, end: T }]).entries()) {
      const rows = cuSeqlens ? 1 : B;
      const own = cache && cuSeqlens ? slice(cache, { dim: 0, start: n, end: n + 1 }) : cache;
      const before = own ? permute(own, { dims: [0, 2, 1] }) : zoo.zeros([rows, W, D]);
      const seen = concat([before, slice(x, { dim: 1, start: begin, end })], { dim: 1 });
      const length = end - begin;
      let y: Tensor | undefined;
      for (let j = 0; j < W; j++) {
        const tap = reshape(slice(weight, { dim: 2, start: j, end: j + 1 }), { shape: [1, 1, D] });
        const term = mul(slice(seen, { dim: 1, start: j + 1, end: j + 1 + length }), tap);
        y = y ? add(y, term) : term;
      }
      outputs.push(y!);
      caches.push(permute(slice(seen, { dim: 1, start: length, end: length + W }), { dims: [0, 2, 1] }));
    }
    let y = concat(outputs, { dim: 1 });
    if (bias) y = add(y, bias);
    return [activation === 'silu' ? silu(y) : y, concat(caches, { dim: 0 })];
  },
  tolerance: { rel: 4e-6, abs: 4e-6 },
});
