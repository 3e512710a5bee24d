import { attr } from '../attr';
import { ShapeError } from '../errors';
import { defineOp, implement, optional, tensor, type Sample } from '../op';
import { add } from './binary';
import { activate } from './activation';
import { ACTIVATIONS } from './activations';
import { reshape } from './shape';
import { broadcast, show, sizeOf, sumTo, want, wantRank, wantShape } from './shapes';

/**
 * Matrix product over the last two axes, [..., M, K] · [..., K, N]; leading axes broadcast. `transposeA` and `transposeB` read the
 * stored matrices the other way round, without a copy. Both operands need at least two axes.
 */
export const matmul = defineOp({
  name: 'matmul',
  version: 1,
  inputs: [tensor('input'), tensor('other')],
  attrs: { transposeA: attr.boolean(false), transposeB: attr.boolean(false) },
  shape([a, b], { transposeA, transposeB }) {
    want(a.shape.length >= 2, 'matmul', 'input', 'at least a matrix', a.shape);
    want(b.shape.length >= 2, 'matmul', 'other', 'at least a matrix', b.shape);
    const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
    const [l, n] = transposeB ? [b.shape.at(-1)!, b.shape.at(-2)!] : [b.shape.at(-2)!, b.shape.at(-1)!];
    if (k !== l) {
      throw new ShapeError(
        `matmul: input ${show(a.shape)}${transposeA ? ' transposed' : ''} has ${k} columns, other ${show(b.shape)}${transposeB ? ' transposed' : ''} has ${l} rows.`,
        {
          op: 'matmul',
          argument: 'other',
          expected: k,
          got: l,
          remedy: 'The inner sizes must agree; see transposeA and transposeB.',
        },
      );
    }
    return { shape: [...broadcast('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n], dtype: 'f32' };
  },
  cost([a], [out], { transposeA }) {
    const macs = sizeOf(out!.shape) * a.shape.at(transposeA ? -2 : -1)!;
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => [
    { name: 'odd', ins: [{ shape: [7, 11] }, { shape: [11, 13] }] },
    { name: 'tiles', ins: [{ shape: [16, 24] }, { shape: [24, 32] }] },
    { name: 'transpose b', ins: [{ shape: [5, 9] }, { shape: [17, 9] }], attrs: { transposeB: true } },
    { name: 'transpose a', ins: [{ shape: [9, 5] }, { shape: [9, 10] }], attrs: { transposeA: true } },
    { name: 'transpose a, larger', ins: [{ shape: [300, 70] }, { shape: [300, 13] }], attrs: { transposeA: true } },
    { name: 'both', ins: [{ shape: [6, 5] }, { shape: [7, 6] }], attrs: { transposeA: true, transposeB: true } },
    { name: 'batch', ins: [{ shape: [2, 3, 4, 5] }, { shape: [3, 5, 6] }] },
    { name: 'broadcast both', ins: [{ shape: [2, 1, 4, 5] }, { shape: [1, 3, 5, 6] }] },
    { name: 'vector', ins: [{ shape: [1, 64] }, { shape: [64, 1] }] },
    { name: 'inner empty', ins: [{ shape: [3, 0] }, { shape: [0, 4] }] },
    { name: 'outer empty', ins: [{ shape: [0, 3] }, { shape: [3, 4] }] },
    { name: 'larger', ins: [{ shape: [65, 130] }, { shape: [130, 67] }] },
  ],
});
implement(matmul, {
  // d/dA of A·B is G·Bᵀ and d/dB is Aᵀ·G; a transposed operand takes the transposed gradient.
  vjp({ ins: [a, b], grads: [g], attrs: { transposeA, transposeB }, needs }) {
    const da = () =>
      transposeA
        ? matmul(b, g!, { transposeA: transposeB, transposeB: true })
        : matmul(g!, b, { transposeB: !transposeB });
    const db = () =>
      transposeB
        ? matmul(g!, a, { transposeA: true, transposeB: transposeA })
        : matmul(a, g!, { transposeA: !transposeA });
    return [needs[0] ? sumTo(da(), a.shape) : undefined, needs[1] ? sumTo(db(), b.shape) : undefined];
  },
  tolerance: { rel: 1e-6, abs: 2e-5 },
});

/** activation(input · weightᵀ + bias + residual). input [..., I], weight [O, I], bias [O], residual [..., O]. */
export const linear = defineOp({
  name: 'linear',
  version: 1,
  inputs: [tensor('input'), tensor('weight'), optional('bias'), optional('residual')],
  attrs: { activation: attr.oneOf(ACTIVATIONS, 'none') },
  shape([x, w, bias, residual]) {
    wantRank('linear', 'weight', w, 2, '[out, in]');
    want(
      x.shape.length >= 1 && x.shape.at(-1) === w.shape[1],
      'linear',
      'input',
      `[..., ${w.shape[1]}] as weight ${show(w.shape)} asks`,
      x.shape,
    );
    wantShape('linear', 'bias', bias, [w.shape[0]!]);
    const shape = [...x.shape.slice(0, -1), w.shape[0]!];
    wantShape('linear', 'residual', residual, shape);
    return { shape, dtype: 'f32' };
  },
  cost([x, w]) {
    const macs = sizeOf(x.shape) * w.shape[0]!;
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => [
    { name: 'plain', ins: [{ shape: [5, 9] }, { shape: [7, 9] }, null, null] },
    {
      name: 'bias',
      ins: [{ shape: [2, 3, 16] }, { shape: [24, 16] }, { shape: [24] }, null],
      attrs: { activation: 'relu' },
    },
    { name: 'residual', ins: [{ shape: [6, 8] }, { shape: [8, 8] }, { shape: [8] }, { shape: [6, 8] }] },
    {
      name: 'residual only',
      ins: [{ shape: [3, 5] }, { shape: [4, 5] }, null, { shape: [3, 4] }],
      attrs: { activation: 'silu' },
    },
    ...(['hardswish', 'sigmoid', 'gelu', 'tanh', 'hardsigmoid'] as const).map((activation) => ({
      name: activation,
      ins: [{ shape: [9, 12] }, { shape: [11, 12] }, { shape: [11] }, null],
      attrs: { activation },
    })),
    { name: 'vector', ins: [{ shape: [33] }, { shape: [10, 33] }, { shape: [10] }, null] },
    { name: 'empty batch', ins: [{ shape: [0, 4] }, { shape: [3, 4] }, { shape: [3] }, null] },
  ],
});
implement(linear, {
  composite([x, w, bias, residual], { activation }) {
    const rows = reshape(x, { shape: [-1, w.shape[1]!].map((n) => (n === -1 ? sizeOf(x.shape.slice(0, -1)) : n)) });
    let y = reshape(matmul(rows, w, { transposeB: true }), { shape: [...x.shape.slice(0, -1), w.shape[0]!] });
    if (bias) y = add(y, bias);
    if (residual) y = add(y, residual);
    return activate(y, activation);
  },
  tolerance: { rel: 4e-6, abs: 2e-5 },
});
