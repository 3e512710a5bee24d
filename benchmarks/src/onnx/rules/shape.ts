import { axis, padOf, sliceRange } from '@paperzoo/core';
import { rule, type Rule } from '../rule';

const reshape: Rule = ({ model, ins, out }) => model.node('Reshape', [ins[0]!, model.ints(out.shape)]);

/** Rules of ops that move elements, by op name. Shapes are static, so they are constants. */
export const shape: Readonly<Record<string, Rule>> = {
  reshape,
  permute: rule<{ dims: readonly number[] }>(({ model, ins, specs, attrs }) =>
    model.node('Transpose', [ins[0]!], {
      perm: { ints: attrs.dims.map((d) => axis('permute', specs[0]!.shape.length, d)) },
    }),
  ),
  slice: rule<{ dim: number; start: number; end: number | null; step: number }>(({ model, ins, specs, attrs }) => {
    const { shape } = specs[0]!;
    const dim = axis('slice', shape.length, attrs.dim);
    const { start, end } = sliceRange(shape[dim]!, attrs);
    return model.node('Slice', [ins[0]!, ...[[start], [end], [dim], [attrs.step]].map((v) => model.ints(v))]);
  }),
  pad: rule<{ pad: readonly number[]; mode: string; value: number }>(({ model, ins, specs, attrs }) => {
    const rank = specs[0]!.shape.length;
    const pairs = specs[0]!.shape.map((_, i) => padOf(attrs.pad, rank, i));
    const amounts = model.ints([...pairs.map(([before]) => before), ...pairs.map(([, after]) => after)]);
    return model.node('Pad', [ins[0]!, amounts, model.scalar(attrs.value)], { mode: { string: attrs.mode } });
  }),
  concat: rule<{ dim: number }>(({ model, ins, specs, attrs }) =>
    model.node(
      'Concat',
      ins.map((name) => name!),
      { axis: { int: axis('concat', specs[0]!.shape.length, attrs.dim) } },
    ),
  ),
  expand: ({ model, ins, out }) => model.node('Expand', [ins[0]!, model.ints(out.shape)]),
  index_select: rule<{ dim: number }>(({ model, ins, specs, attrs }) =>
    model.node('Gather', [ins[0]!, ins[1]!], {
      axis: { int: axis('index_select', specs[0]!.shape.length, attrs.dim) },
    }),
  ),
  interpolate: rule<{ mode: 'nearest' | 'bilinear' | 'bicubic' }>(({ model, ins, out, attrs }) =>
    model.node(
      'Resize',
      [ins[0]!, '', '', model.ints(out.shape)],
      {
        nearest: {
          mode: { string: 'nearest' },
          coordinate_transformation_mode: { string: 'asymmetric' },
          nearest_mode: { string: 'floor' },
        },
        bilinear: { mode: { string: 'linear' }, coordinate_transformation_mode: { string: 'half_pixel' } },
        bicubic: {
          mode: { string: 'cubic' },
          coordinate_transformation_mode: { string: 'half_pixel' },
          cubic_coeff_a: { float: -0.75 },
        },
      }[attrs.mode],
    ),
  ),
};
