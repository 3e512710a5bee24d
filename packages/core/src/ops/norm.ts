import { attr } from '../attr';
import { defineOp, implement, optional, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { add, div, mul, sub } from './binary';
import { layerNormGrad, rmsNormGrad } from './norm-grad';
import { amax, mean, sum } from './reduce';
import { reshape } from './shape';
import { axis, sizeOf, want, wantShape } from './shapes';
import { exp, log, rsqrt, sqrt } from './unary';

const alongDim = (name: string) =>
  defineOp({
    name,
    version: 1,
    inputs: [tensor('input')],
    attrs: { dim: attr.int() },
    shape([x], { dim }) {
      axis(name, x.shape.length, dim);
      return { shape: x.shape, dtype: 'f32' };
    },
    cost: ([x]) => ({ flops: 14 * sizeOf(x.shape) }),
    samples: (): Sample[] => [
      { name: 'last', ins: [{ shape: [3, 5, 49] }], attrs: { dim: -1 } },
      { name: 'short', ins: [{ shape: [7, 3] }], attrs: { dim: 1 } },
      { name: 'first', ins: [{ shape: [6, 10] }], attrs: { dim: 0 } },
      { name: 'middle', ins: [{ shape: [2, 9, 5] }], attrs: { dim: 1 } },
      { name: 'huge', ins: [{ shape: [2, 4], fill: [1e4, -1e4, 300, 299, -88, 0, -1e30, -1e30] }], attrs: { dim: -1 } },
      { name: 'empty', ins: [{ shape: [0, 4] }], attrs: { dim: -1 } },
    ],
  });

/** exp(x) / Σ exp(x) along `dim`; the maximum is subtracted first. */
export const softmax = alongDim('softmax');
/** log softmax(x), computed as x - logsumexp(x). */
export const logSoftmax = alongDim('log_softmax');

implement(softmax, {
  composite([x], { dim }) {
    const e = exp(sub(x, amax(x, { dim: [dim], keepdim: true })));
    return div(e, sum(e, { dim: [dim], keepdim: true }));
  },
  vjp: ({ outs: [y], grads: [dy], attrs: { dim } }) => {
    const weighted = mul(dy!, y!);
    return [sub(weighted, mul(y!, sum(weighted, { dim: [dim], keepdim: true })))];
  },
  tolerance: { rel: 4e-6, abs: 1e-6 },
});
implement(logSoftmax, {
  composite([x], { dim }) {
    const centred = sub(x, amax(x, { dim: [dim], keepdim: true }));
    return sub(centred, log(sum(exp(centred), { dim: [dim], keepdim: true })));
  },
  vjp: ({ outs: [y], grads: [dy], attrs: { dim } }) => [
    sub(dy!, mul(exp(y!), sum(dy!, { dim: [dim], keepdim: true }))),
  ],
  tolerance: { rel: 4e-6, abs: 4e-6 },
});

/** Normalises the trailing axes `normalizedShape` to mean 0 and variance 1 (biased, eps inside the root), then weight and bias of that shape. */
export const layerNorm = defineOp({
  name: 'layer_norm',
  version: 1,
  inputs: [tensor('input'), optional('weight'), optional('bias')],
  attrs: { normalizedShape: attr.ints(), eps: attr.number(1e-5) },
  shape([x, weight, bias], { normalizedShape }) {
    const tail = x.shape.slice(x.shape.length - normalizedShape.length);
    want(
      normalizedShape.length > 0 &&
        tail.length === normalizedShape.length &&
        tail.every((n, i) => n === normalizedShape[i]),
      'layer_norm',
      'input',
      `[..., ${normalizedShape.join(', ')}]`,
      x.shape,
    );
    wantShape('layer_norm', 'weight', weight, normalizedShape);
    wantShape('layer_norm', 'bias', bias, normalizedShape);
    return { shape: x.shape, dtype: 'f32' };
  },
  cost: ([x]) => ({ flops: 8 * sizeOf(x.shape) }),
  samples: (): Sample[] => [
    {
      name: 'affine',
      ins: [{ shape: [3, 5, 20] }, { shape: [20] }, { shape: [20] }],
      attrs: { normalizedShape: [20] },
    },
    { name: 'bare', ins: [{ shape: [4, 7] }, null, null], attrs: { normalizedShape: [7], eps: 1e-3 } },
    { name: 'two axes', ins: [{ shape: [2, 3, 5] }, { shape: [3, 5] }, null], attrs: { normalizedShape: [3, 5] } },
    {
      name: 'constant rows',
      ins: [{ shape: [1, 4], fill: [2, 2, 2, 2] }, null, null],
      attrs: { normalizedShape: [4] },
    },
  ],
});
implement(layerNorm, {
  composite([x, weight, bias], { normalizedShape, eps }) {
    const dim = normalizedShape.map((_, i) => x.shape.length - 1 - i);
    const centred = sub(x, mean(x, { dim, keepdim: true }));
    const variance = mean(mul(centred, centred), { dim, keepdim: true });
    let y = mul(centred, rsqrt(add(variance, eps)));
    if (weight) y = mul(y, weight);
    return bias ? add(y, bias) : y;
  },
  vjp({ ins: [x, weight, bias], grads: [dy], attrs }) {
    const [dx, dw, db] = layerNormGrad(x, dy!, weight, attrs);
    return [dx, weight && dw, bias && db];
  },
  tolerance: { rel: 4e-6, abs: 4e-6 },
});

/** x / sqrt(mean(x²) + eps) · weight over the last axis. */
export const rmsNorm = defineOp({
  name: 'rms_norm',
  version: 1,
  inputs: [tensor('input'), optional('weight')],
  attrs: { eps: attr.number(1e-5) },
  shape([x, weight]) {
    want(x.shape.length > 0, 'rms_norm', 'input', 'at least a vector', x.shape);
    wantShape('rms_norm', 'weight', weight, [x.shape.at(-1)!]);
    return { shape: x.shape, dtype: 'f32' };
  },
  cost: ([x]) => ({ flops: 4 * sizeOf(x.shape) }),
  samples: (): Sample[] => [
    { name: 'affine', ins: [{ shape: [5, 18] }, { shape: [18] }] },
    { name: 'bare', ins: [{ shape: [2, 3, 7] }, null] },
  ],
});
implement(rmsNorm, {
  composite([x, weight], { eps }) {
    const y = mul(x, rsqrt(add(mean(mul(x, x), { dim: [-1], keepdim: true }), eps)));
    return weight ? mul(y, weight) : y;
  },
  vjp({ ins: [x, weight], grads: [dy], attrs }) {
    const [dx, dw] = rmsNormGrad(x, dy!, weight, attrs);
    return [dx, weight && dw];
  },
  tolerance: { rel: 4e-6, abs: 2e-6 },
});

/** (x - mean) / sqrt(variance + eps) · weight + bias per channel (axis 1), with given statistics: PyTorch's batch_norm in eval mode. */
export const batchNorm = defineOp({
  name: 'batch_norm',
  version: 1,
  inputs: [tensor('input'), tensor('runningMean'), tensor('runningVar'), optional('weight'), optional('bias')],
  attrs: { eps: attr.number(1e-5) },
  shape([x, m, v, weight, bias]) {
    want(x.shape.length >= 2, 'batch_norm', 'input', '[batch, channels, ...]', x.shape);
    const shape = [x.shape[1]!];
    wantShape('batch_norm', 'runningMean', m, shape);
    wantShape('batch_norm', 'runningVar', v, shape);
    wantShape('batch_norm', 'weight', weight, shape);
    wantShape('batch_norm', 'bias', bias, shape);
    return { shape: x.shape, dtype: 'f32' };
  },
  cost: ([x]) => ({ flops: 2 * sizeOf(x.shape) }),
  samples: (): Sample[] => [
    {
      name: 'map',
      ins: [{ shape: [2, 5, 3, 7] }, { shape: [5] }, { shape: [5], fill: 'positive' }, { shape: [5] }, { shape: [5] }],
    },
    { name: 'vector', ins: [{ shape: [4, 9] }, { shape: [9] }, { shape: [9], fill: 'positive' }, null, null] },
  ],
});
implement(batchNorm, {
  composite([x, m, v, weight, bias], { eps }) {
    const perChannel = (t: Tensor) => reshape(t, { shape: x.shape.map((_, i) => (i === 1 ? t.shape[0]! : 1)) });
    let y = div(sub(x, perChannel(m)), sqrt(add(perChannel(v), eps)));
    if (weight) y = mul(y, perChannel(weight));
    return bias ? add(y, perChannel(bias)) : y;
  },
  tolerance: { rel: 4e-6, abs: 4e-6 },
});
