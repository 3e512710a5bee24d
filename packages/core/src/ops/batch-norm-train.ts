import { attr } from '../attr';
import { ShapeError } from '../errors';
import { defineOp, implement, optional, tensor, type Sample } from '../op';
import type { Spec } from '../dtype';
import type { Tensor } from '../tensor';
import { add, mul, sub } from './binary';
import { mean, sum } from './reduce';
import { reshape } from './shape';
import { sizeOf, want, wantShape } from './shapes';
import { rsqrt } from './unary';

const channel = (op: string, x: Spec): [number] => {
  want(x.shape.length >= 2, op, 'input', '[batch, channels, ...]', x.shape);
  const [channels] = [x.shape[1]!];
  const values = sizeOf(x.shape) / channels;
  if (channels > 0 && values < 2) {
    throw new ShapeError(`${op}: each channel needs more than one value, [${x.shape.join(', ')}] has ${values}.`, {
      op,
      argument: 'input',
      got: x.shape,
      remedy: 'Use a larger batch, or eval mode.',
    });
  }
  return [channels];
};
const others = (x: Tensor) => x.shape.map((_, i) => i).filter((i) => i !== 1);
const along = (t: Tensor, x: Tensor) => reshape(t, { shape: x.shape.map((_, i) => (i === 1 ? t.shape[0]! : 1)) });

const SAMPLES: Sample[] = [
  { name: 'map', ins: [{ shape: [3, 5, 4, 7] }, { shape: [5] }, { shape: [5] }] },
  { name: 'vector', ins: [{ shape: [6, 9] }, { shape: [9] }, { shape: [9] }] },
];

/**
 * Batch normalisation with the batch's own statistics: (x - mean) / sqrt(variance + eps) · weight + bias per channel (axis 1), variance
 * biased. → [y as input, mean [C], variance [C]]. Running statistics are the caller's business.
 */
export const batchNormTrain = defineOp({
  name: 'batch_norm_train',
  version: 1,
  inputs: [tensor('input'), optional('weight'), optional('bias')],
  attrs: { eps: attr.number(1e-5) },
  shape([x, weight, bias]) {
    const shape = channel('batch_norm_train', x);
    wantShape('batch_norm_train', 'weight', weight, shape);
    wantShape('batch_norm_train', 'bias', bias, shape);
    return [
      { shape: x.shape, dtype: 'f32' },
      { shape, dtype: 'f32' },
      { shape, dtype: 'f32' },
    ] as const;
  },
  cost: ([x]) => ({ flops: 7 * sizeOf(x.shape) }),
  samples: () => [...SAMPLES, { name: 'bare', ins: [{ shape: [2, 3, 5] }, null, null], attrs: { eps: 1e-3 } }],
});

/**
 * Gradients of `batchNormTrain`'s input, weight and bias. grad: that of y; mean and variance as it returned them; gradMean and gradVariance [C]:
 * where the loss uses the statistics too. → [as input, [C], [C]].
 */
export const batchNormTrainGrad = defineOp({
  name: 'batch_norm_train_grad',
  version: 1,
  inputs: [
    tensor('input'),
    tensor('grad'),
    tensor('mean'),
    tensor('variance'),
    optional('weight'),
    optional('gradMean'),
    optional('gradVariance'),
  ],
  attrs: { eps: attr.number(1e-5) },
  shape([x, dy, m, v, weight, dm, dv]) {
    const shape = channel('batch_norm_train_grad', x);
    wantShape('batch_norm_train_grad', 'grad', dy, x.shape);
    wantShape('batch_norm_train_grad', 'mean', m, shape);
    wantShape('batch_norm_train_grad', 'variance', v, shape);
    wantShape('batch_norm_train_grad', 'weight', weight, shape);
    wantShape('batch_norm_train_grad', 'gradMean', dm, shape);
    wantShape('batch_norm_train_grad', 'gradVariance', dv, shape);
    return [
      { shape: x.shape, dtype: 'f32' },
      { shape, dtype: 'f32' },
      { shape, dtype: 'f32' },
    ] as const;
  },
  cost: ([x]) => ({ flops: 10 * sizeOf(x.shape) }),
  samples: () => [
    ...SAMPLES.map(({ name, ins: [x, w] }) => ({
      name,
      ins: [x!, x!, w!, { ...w!, fill: 'positive' as const }, w!, w!, w!],
    })),
    {
      name: 'of y alone',
      ins: [
        { shape: [2, 3, 5] },
        { shape: [2, 3, 5] },
        { shape: [3] },
        { shape: [3], fill: 'positive' },
        null,
        null,
        null,
      ],
      attrs: { eps: 1e-3 },
    },
  ],
});

implement(batchNormTrain, {
  composite([x, weight, bias], { eps }): [Tensor, Tensor, Tensor] {
    const dim = others(x);
    const m = mean(x, { dim });
    const centred = sub(x, along(m, x));
    const v = mean(mul(centred, centred), { dim });
    let y = mul(centred, along(rsqrt(add(v, eps)), x));
    if (weight) y = mul(y, along(weight, x));
    if (bias) y = add(y, along(bias, x));
    return [y, m, v];
  },
  vjp({ ins: [x, weight, bias], outs: [, m, v], grads: [dy, dm, dv], attrs }) {
    const [dx, dw, db] = batchNormTrainGrad(x, dy!, m!, v!, weight, dm, dv, attrs);
    return [dx, weight && dw, bias && db];
  },
  tolerance: { rel: 4e-6, abs: 4e-6 },
});

implement(batchNormTrainGrad, {
  composite([x, dy, m, v, weight, dm, dv], { eps }): [Tensor, Tensor, Tensor] {
    const dim = others(x);
    const r = rsqrt(add(v, eps));
    const distance = sub(x, along(m, x));
    const xhat = mul(distance, along(r, x));
    const db = sum(dy, { dim });
    const dw = sum(mul(dy, xhat), { dim });
    const n = x.size / x.shape[1]!;
    const centred = sub(dy, add(along(mul(db, 1 / n), x), mul(xhat, along(mul(dw, 1 / n), x))));
    let dx = mul(centred, along(weight ? mul(r, weight) : r, x));
    // mean(x) has slope 1 / n, variance 2 (x - mean) / n.
    if (dm) dx = add(dx, along(mul(dm, 1 / n), x));
    if (dv) dx = add(dx, mul(distance, along(mul(dv, 2 / n), x)));
    return [dx, dw, db];
  },
  tolerance: { rel: 8e-6, abs: 1e-5 },
});
