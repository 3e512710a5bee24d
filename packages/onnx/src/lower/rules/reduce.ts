import { axes, axis } from '@paperzoo/core';
import { rule, type OnnxCall, type OnnxRule } from '../rule';

interface ReduceAttrs {
  readonly dim: readonly number[] | null;
  readonly keepdim: boolean;
}

/** Axes moved from the attributes to the inputs with opset 18, for sums with opset 13. */
const reduction = (opType: string, inputsSince = 18) =>
  rule<ReduceAttrs>((call) => {
    const dims = axes(opType, call.specs[0]!.shape.length, call.attrs.dim);
    const keepdims = { int: call.attrs.keepdim ? 1 : 0 };
    if (dims.length === 0) return call.add('Identity', [call.ins[0]]);
    return call.opset >= inputsSince
      ? call.add(opType, [call.ins[0], call.ints(dims)], { keepdims })
      : call.add(opType, [call.ins[0]], { axes: { ints: dims }, keepdims });
  });

/**
 * A mean over both axes of a map is pooling, for which runtimes have the better kernel. The mean of nothing is NaN, which runtimes do not agree on:
 * that case is left to the composite.
 */
const mean = rule<ReduceAttrs>(
  (call) => {
    const { shape } = call.specs[0]!;
    const dims = axes('mean', shape.length, call.attrs.dim);
    if (shape.length !== 4 || dims.join() !== '2,3') return reduction('ReduceMean').lower(call);
    const pooled = call.add('GlobalAveragePool', [call.ins[0]]);
    return call.attrs.keepdim ? pooled : call.add('Flatten', [pooled]);
  },
  { applies: ([x]) => !x!.shape.includes(0) },
);

const along = (opType: string) =>
  rule<{ dim: number }>((call) =>
    call.add(opType, [call.ins[0]], { axis: { int: axis(opType, call.specs[0]!.shape.length, call.attrs.dim) } }),
  );

const filled = (call: OnnxCall<object>, shape: readonly number[], value: number) =>
  call.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape, 'f32');

/** Rules of reductions and normalisations, by op name. */
export const reduce: Readonly<Record<string, OnnxRule>> = {
  mean,
  sum: reduction('ReduceSum', 13),
  prod: reduction('ReduceProd'),
  amax: reduction('ReduceMax'),
  amin: reduction('ReduceMin'),
  argmax: rule<{ dim: number; keepdim: boolean }>((call) => {
    const at = axis('argmax', call.specs[0]!.shape.length, call.attrs.dim);
    const found = call.add('ArgMax', [call.ins[0]], {
      axis: { int: at },
      keepdims: { int: call.attrs.keepdim ? 1 : 0 },
    });
    return call.add('Cast', [found], { to: { int: 6 } });
  }),
  cumsum: rule<{ dim: number }>((call) =>
    call.add('CumSum', [call.ins[0], call.scalar(axis('cumsum', call.specs[0]!.shape.length, call.attrs.dim), 'i64')]),
  ),
  softmax: along('Softmax'),
  log_softmax: along('LogSoftmax'),
  layer_norm: rule<{ normalizedShape: readonly number[]; eps: number }>((call) => {
    const { normalizedShape, eps } = call.attrs;
    return call.add('LayerNormalization', [call.ins[0], call.ins[1] ?? filled(call, normalizedShape, 1), call.ins[2]], {
      axis: { int: -normalizedShape.length },
      epsilon: { float: eps },
    });
  }),
  // Spelled so that runtimes' fusions know it.
  rms_norm: rule<{ eps: number }>((call) => {
    const [x, weight] = call.ins;
    const square = call.add('Pow', [x, call.scalar(2)]);
    const meanSquare =
      call.opset >= 18
        ? call.add('ReduceMean', [square, call.ints([-1])])
        : call.add('ReduceMean', [square], { axes: { ints: [-1] } });
    const root = call.add('Sqrt', [call.add('Add', [meanSquare, call.scalar(call.attrs.eps)])]);
    const y = call.add('Div', [x, root]);
    return weight ? call.add('Mul', [y, weight]) : y;
  }),
  batch_norm: rule<{ eps: number }>((call) => {
    const channels = [call.specs[0]!.shape[1]!];
    const [x, mean, variance, weight, bias] = call.ins;
    return call.add(
      'BatchNormalization',
      [x, weight ?? filled(call, channels, 1), bias ?? filled(call, channels, 0), mean, variance],
      { epsilon: { float: call.attrs.eps } },
    );
  }),
};
