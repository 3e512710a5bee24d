import { defineOp, implement, tensor, type Sample } from '../op';
import { div, mul, sub } from './binary';
import { eq, where } from './compare';
import { checkLoss, counted, lossAttrs, REDUCTIONS } from './loss-attrs';
import { softmax } from './norm';
import { sum } from './reduce';
import { reshape } from './shape';
import { sizeOf, wantShape } from './shapes';

/**
 * Gradient of `crossEntropy`'s logits: (softmax - target distribution) per row, times grad, weighted as the loss is. input [N, C], target [N]
 * (i32), grad [N] for reduction `none`, else a scalar. → [N, C].
 */
export const crossEntropyGrad = defineOp({
  name: 'cross_entropy_grad',
  version: 1,
  inputs: [tensor('input'), tensor('target', 'i32'), tensor('grad')],
  attrs: lossAttrs,
  shape([x, target, dy], { reduction, labelSmoothing }) {
    checkLoss('cross_entropy_grad', x, target, labelSmoothing);
    wantShape('cross_entropy_grad', 'grad', dy, reduction === 'none' ? [x.shape[0]!] : []);
    return { shape: x.shape, dtype: 'f32' };
  },
  cost: ([x]) => ({ flops: 14 * sizeOf(x.shape) }),
  samples: (): Sample[] => {
    const ins = [{ shape: [7, 5] }, { shape: [7], dtype: 'i32' as const, fill: 'index' as const, below: 5 }];
    return [
      ...REDUCTIONS.map((reduction) => ({
        name: reduction,
        ins: [...ins, { shape: reduction === 'none' ? [7] : [] }],
        attrs: { reduction },
      })),
      { name: 'smoothed', ins: [...ins, { shape: [] }], attrs: { labelSmoothing: 0.1 } },
      {
        name: 'ignored',
        ins: [{ shape: [4, 3] }, { shape: [4], dtype: 'i32', fill: [0, -100, 2, -100] }, { shape: [] }],
      },
    ];
  },
});

implement(crossEntropyGrad, {
  composite([x, target, dy], { ignoreIndex, labelSmoothing, reduction }) {
    const weight = counted(target, ignoreIndex);
    const rows = reduction === 'mean' ? mul(weight, div(dy, sum(weight))) : mul(weight, dy);
    const classes = x.shape[1]!;
    const hit = eq(reshape(target, { shape: [-1, 1] }), x.zoo.arange(classes, { dtype: 'i32' }));
    const even = labelSmoothing / classes;
    const wanted = where(hit, x.zoo.full([], 1 - labelSmoothing + even), even);
    return mul(sub(softmax(x, { dim: 1 }), wanted), reshape(rows, { shape: [-1, 1] }));
  },
  tolerance: { rel: 4e-6, abs: 4e-6 },
});
