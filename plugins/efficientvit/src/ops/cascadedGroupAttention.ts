import {
  add,
  attr,
  AttrError,
  concat,
  conv2dNhwc,
  defineOp,
  implement,
  linear,
  matmul,
  ShapeError,
  split,
  tensor,
  type Sample,
  type Spec,
} from '@paperzoo/core';
import { cascadedGroupAttentionOnnx } from './cascaded-group-attention-onnx';
import { cutWindows, joinWindows } from './windows';

const OP = 'efficientvit.cascaded_group_attention';

function want(spec: Spec, argument: string, shape: readonly number[], meaning: string): void {
  if (spec.shape.length === shape.length && spec.shape.every((n, i) => n === shape[i])) return;
  throw new ShapeError(
    `${OP}: ${argument} must be ${meaning} = [${shape.join(', ')}], got [${spec.shape.join(', ')}].`,
    {
      op: OP,
      argument,
      expected: shape,
      got: spec.shape,
    },
  );
}

/** Sizes of one call: h heads of width v = C / h, keys of width d, N = R² tokens in a window. */
function sizes(x: Spec, qkvWeight: Spec, attrs: { window: number; keyDim: number; kernels: readonly number[] }) {
  const { window, keyDim, kernels } = attrs;
  if (x.shape.length !== 4 || qkvWeight.shape.length !== 3) {
    throw new ShapeError(
      `${OP}: input must be [B, H, W, C] and qkvWeight [heads, 2·keyDim + C/heads, C/heads], got [${x.shape.join(', ')}] and [${qkvWeight.shape.join(', ')}].`,
      { op: OP, argument: x.shape.length === 4 ? 'qkvWeight' : 'input', got: x.shape },
    );
  }
  const heads = qkvWeight.shape[0]!;
  const channels = x.shape[3]!;
  const odd = kernels.every((k) => k > 0 && k % 2 === 1);
  if (window < 1 || keyDim < 1 || kernels.length !== heads || !odd) {
    throw new AttrError(
      `${OP}: needs window ≥ 1, keyDim ≥ 1 and one odd kernel size per head (${heads}), got window ${window}, keyDim ${keyDim}, kernels ${kernels.join(', ')}.`,
      { op: OP, argument: 'attrs', got: attrs },
    );
  }
  if (heads < 1 || channels % heads) {
    throw new ShapeError(`${OP}: ${channels} channels do not divide among ${heads} heads.`, {
      op: OP,
      argument: 'input',
    });
  }
  const width = channels / heads;
  const taps = kernels.reduce((sum, k) => sum + k * k, 0) * keyDim;
  return { heads, channels, width, columns: 2 * keyDim + width, tokens: window * window, taps };
}

/**
 * Cascaded group attention (Liu et al., CVPR 2023, section 3.2) on local windows, norms folded, up to the concatenated heads; the output
 * projection follows as a convolution. Head j sees channel group j plus head j-1's output; its queries pass a depthwise convolution.
 * input [B, H, W, C]; qkvWeight [h, 2d + v, C / h], rows Q, K, V; qkvBias [h, 2d + v]; dwWeight flat, per head [k, k, d]; dwBias [h, d];
 * bias [h, N, N], rows are queries. The query scale d^-0.5 is part of dwWeight and dwBias. → ReLU of all heads, [B, H, W, C].
 * Maps that are no multiple of `window` are padded with zero tokens right and below, which take part as keys (upstream has no mask).
 */
export const cascadedGroupAttention = defineOp({
  name: OP,
  version: 1,
  inputs: [
    tensor('input'),
    tensor('qkvWeight'),
    tensor('qkvBias'),
    tensor('dwWeight'),
    tensor('dwBias'),
    tensor('bias'),
  ],
  attrs: { window: attr.int(), keyDim: attr.int(), kernels: attr.ints() },
  shape([x, qkvWeight, qkvBias, dwWeight, dwBias, bias], attrs) {
    const { heads, width, columns, tokens, taps } = sizes(x, qkvWeight, attrs);
    want(qkvWeight, 'qkvWeight', [heads, columns, width], '[heads, 2·keyDim + C/heads, C/heads]');
    want(qkvBias, 'qkvBias', [heads, columns], '[heads, 2·keyDim + C/heads]');
    want(dwWeight, 'dwWeight', [taps], '[Σ kernel² · keyDim]');
    want(dwBias, 'dwBias', [heads, attrs.keyDim], '[heads, keyDim]');
    want(bias, 'bias', [heads, tokens, tokens], '[heads, window², window²]');
    return { shape: x.shape, dtype: 'f32' };
  },
  cost([x, qkvWeight], _outs, attrs) {
    const { heads, width, columns, tokens, taps } = sizes(x, qkvWeight, attrs);
    const across = (n: number) => Math.ceil(n / attrs.window);
    const windows = x.shape[0]! * across(x.shape[1]!) * across(x.shape[2]!);
    const perToken = heads * width * columns + taps + heads * tokens * (attrs.keyDim + width);
    const macs = windows * tokens * perToken;
    return { macs, flops: 2 * macs + 5 * windows * heads * tokens * tokens };
  },
  samples(): Sample[] {
    // As trained weights, these keep the size of what passes through; otherwise a softmax of huge scores would magnify every rounding.
    const filter = (size: number, gain: number) =>
      Array.from({ length: size }, (_, i) => gain * Math.SQRT2 * Math.sin(1.7 * i * i + 0.3 * i));
    const sample = (
      name: string,
      [b, h, w]: readonly [number, number, number],
      { heads, v, d, window, kernels }: { heads: number; v: number; d: number; window: number; kernels: number[] },
    ): Sample => ({
      name,
      ins: [
        { shape: [b, h, w, heads * v] },
        { shape: [heads, 2 * d + v, v], fill: filter(heads * (2 * d + v) * v, v ** -0.5) },
        { shape: [heads, 2 * d + v] },
        {
          shape: [kernels.reduce((sum, k) => sum + k * k, 0) * d],
          fill: kernels.flatMap((k) => filter(k * k * d, d ** -0.5 / k)),
        },
        { shape: [heads, d] },
        { shape: [heads, window ** 2, window ** 2] },
      ],
      attrs: { window, keyDim: d, kernels },
    });
    return [
      sample('one window', [2, 4, 4], { heads: 2, v: 8, d: 16, window: 4, kernels: [5, 3] }),
      sample('kernel over the window', [1, 4, 4], { heads: 2, v: 12, d: 16, window: 4, kernels: [7, 5] }),
      sample('M0 stage 0', [1, 7, 7], { heads: 4, v: 16, d: 16, window: 7, kernels: [5, 5, 5, 5] }),
      sample('padded', [2, 6, 8], { heads: 2, v: 8, d: 4, window: 5, kernels: [3, 3] }),
      sample('smaller than the window', [1, 2, 4], { heads: 2, v: 8, d: 8, window: 5, kernels: [3, 5] }),
      sample('odd widths', [1, 6, 6], { heads: 3, v: 5, d: 4, window: 3, kernels: [3, 1, 5] }),
      sample('odd keys', [1, 6, 6], { heads: 2, v: 6, d: 3, window: 3, kernels: [3, 5] }),
      sample('one head', [2, 3, 3], { heads: 1, v: 8, d: 4, window: 3, kernels: [3] }),
      sample('no images', [0, 4, 4], { heads: 2, v: 4, d: 4, window: 4, kernels: [3, 3] }),
    ];
  },
});

implement(cascadedGroupAttention, {
  onnx: cascadedGroupAttentionOnnx,
  composite([x, qkvWeight, qkvBias, dwWeight, dwBias, bias], { window, keyDim: d, kernels }) {
    const [batch, height, width] = x.shape as readonly [number, number, number];
    const { heads, width: v, columns, tokens } = sizes(x, qkvWeight, { window, keyDim: d, kernels });
    const groups = split(cutWindows(x, window), new Array<number>(heads).fill(v), 3);
    const filters = split(dwWeight, kernels.map((k) => k * k * d)); // prettier-ignore
    const count = groups[0]!.shape[0]!;
    const outputs: (typeof x)[] = [];
    groups.forEach((group, j) => {
      const k = kernels[j]!;
      const f = j === 0 ? group : add(group, outputs[j - 1]!);
      const qkv = linear(
        f,
        qkvWeight.slice(0, j, j + 1).reshape([columns, v]),
        qkvBias.slice(0, j, j + 1).reshape([columns]),
      );
      const [query, key, value] = split(qkv, [d, d, v], 3) as [typeof x, typeof x, typeof x];
      const filter = filters[j]!.reshape([k, k, d]).permute([2, 0, 1]).reshape([d, 1, k, k]);
      const mixed = conv2dNhwc(query, filter, dwBias.slice(0, j, j + 1).reshape([d]), { padding: [k >> 1], groups: d });
      const rows = (t: typeof x) => t.reshape([count, tokens, t.shape[3]!]);
      const scores = add(matmul(rows(mixed), rows(key), { transposeB: true }), bias.slice(0, j, j + 1));
      outputs.push(matmul(scores.softmax(-1), rows(value)).reshape([count, window, window, v]));
    });
    return joinWindows(concat(outputs, { dim: 3 }).relu(), batch, height, width);
  },
  tolerance: { rel: 4e-6, abs: 2e-5 },
});
