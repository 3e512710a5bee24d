import { defineOp, implement, tensor, type Sample } from '../op';
import { div, mul, sub } from './binary';
import { ne, where } from './compare';
import { gather } from './gather';
import { checkLoss, counted, lossAttrs, REDUCTIONS } from './loss-attrs';
import { crossEntropyGrad } from './loss-grad';
import { logSoftmax } from './norm';
import { mean, sum } from './reduce';
import { reshape } from './shape';

/**
 * Cross entropy of logits [N, C] with class indices [N] (i32), PyTorch's: rows whose target is `ignoreIndex` count for nothing, `mean`
 * divides by the number of the others, smoothing ε mixes the target with the uniform distribution. An index outside the classes gives NaN.
 */
export const crossEntropy = defineOp({
  name: 'cross_entropy',
  version: 1,
  inputs: [tensor('input'), tensor('target', 'i32')],
  attrs: lossAttrs,
  shape([x, target], { reduction, labelSmoothing }) {
    checkLoss('cross_entropy', x, target, labelSmoothing);
    return { shape: reduction === 'none' ? [x.shape[0]!] : [], dtype: 'f32' };
  },
  samples: (): Sample[] => {
    const ins = [{ shape: [7, 5] }, { shape: [7], dtype: 'i32' as const, fill: 'index' as const, below: 5 }];
    return [
      ...REDUCTIONS.map((reduction) => ({ name: reduction, ins, attrs: { reduction } })),
      { name: 'smoothed', ins, attrs: { labelSmoothing: 0.1 } },
      { name: 'ignored', ins: [{ shape: [4, 3] }, { shape: [4], dtype: 'i32', fill: [0, -100, 2, -100] }] },
      {
        name: 'large logits',
        ins: [
          { shape: [2, 3], fill: [300, -300, 0, 1e4, 9e3, -1e4] },
          { shape: [2], dtype: 'i32', fill: [1, 0] },
        ],
      },
    ];
  },
});

implement(crossEntropy, {
  composite([x, target], { ignoreIndex, labelSmoothing, reduction }) {
    const logp = logSoftmax(x, { dim: 1 });
    const weight = counted(target, ignoreIndex);
    const index = reshape(where(ne(target, ignoreIndex), target, 0), { shape: [-1, 1] });
    const picked = reshape(gather(logp, index, { dim: 1 }), { shape: target.shape });
    let loss = mul(picked, labelSmoothing - 1);
    if (labelSmoothing) loss = sub(loss, mul(mean(logp, { dim: [1] }), labelSmoothing));
    const rows = mul(loss, weight);
    if (reduction === 'none') return rows;
    return reduction === 'sum' ? sum(rows) : div(sum(rows), sum(weight));
  },
  vjp: ({ ins: [x, target], grads: [dy], attrs }) => [crossEntropyGrad(x, target, dy!, attrs), undefined],
  tolerance: { rel: 4e-6, abs: 4e-6 },
});
