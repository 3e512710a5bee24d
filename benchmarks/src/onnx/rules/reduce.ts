import { axes, axis } from '@paperzoo/core';
import { rule, type Call, type Rule } from '../rule';

interface ReduceAttrs {
  readonly dim: readonly number[] | null;
  readonly keepdim: boolean;
}

const reduction = (opType: string) =>
  rule<ReduceAttrs>(({ model, ins, specs, attrs }) =>
    model.node(opType, [ins[0]!], {
      axes: { ints: axes(opType, specs[0]!.shape.length, attrs.dim) },
      keepdims: { int: attrs.keepdim ? 1 : 0 },
    }),
  );

/** A mean over both axes of a map is pooling, for which runtimes have the better kernel. */
const mean = rule<ReduceAttrs>((call) => {
  const { model, ins, specs, out, attrs } = call;
  const dims = axes('mean', specs[0]!.shape.length, attrs.dim);
  if (specs[0]!.shape.length !== 4 || dims.join() !== '2,3') return reduction('ReduceMean')(call);
  const pooled = model.node('GlobalAveragePool', [ins[0]!]);
  return attrs.keepdim ? pooled : model.node('Reshape', [pooled, model.ints(out.shape)]);
});

const along = (opType: string) =>
  rule<{ dim: number }>(({ model, ins, specs, attrs }) =>
    model.node(opType, [ins[0]!], { axis: { int: axis(opType, specs[0]!.shape.length, attrs.dim) } }),
  );

const filled = ({ model }: Call<unknown>, size: number, value: number) =>
  model.constant(new Float32Array(size).fill(value), { shape: [size], dtype: 'f32' });

/** Rules of reductions and normalisations, by op name. */
export const reduce: Readonly<Record<string, Rule>> = {
  mean,
  sum: rule<ReduceAttrs>(({ model, ins, specs, attrs }) =>
    model.node('ReduceSum', [ins[0]!, model.ints(axes('sum', specs[0]!.shape.length, attrs.dim))], {
      keepdims: { int: attrs.keepdim ? 1 : 0 },
    }),
  ),
  amax: reduction('ReduceMax'),
  amin: reduction('ReduceMin'),
  softmax: along('Softmax'),
  log_softmax: along('LogSoftmax'),
  layer_norm: rule<{ normalizedShape: readonly number[]; eps: number }>((call) => {
    const { model, ins, attrs } = call;
    const size = attrs.normalizedShape.reduce((a, b) => a * b, 1);
    const ones = () => model.constant(new Float32Array(size).fill(1), { shape: attrs.normalizedShape, dtype: 'f32' });
    return model.node('LayerNormalization', [ins[0]!, ins[1] ?? ones(), ...(ins[2] ? [ins[2]] : [])], {
      axis: { int: -attrs.normalizedShape.length },
      epsilon: { float: attrs.eps },
    });
  }),
  batch_norm: rule<{ eps: number }>((call) => {
    const { model, ins, specs, attrs } = call;
    const channels = specs[0]!.shape[1]!;
    const [x, mean, variance, weight, bias] = ins;
    return model.node(
      'BatchNormalization',
      [x!, weight ?? filled(call, channels, 1), bias ?? filled(call, channels, 0), mean!, variance!],
      { epsilon: { float: attrs.eps } },
    );
  }),
};
