import { axis, padOf } from '@paperzoo/core';
import { sameDim, type Dim } from '../../graph/size';
import { rule, type OnnxCall, type OnnxRule } from '../rule';

// ONNX reads it as "to the end" (or "to the beginning") whatever the length is.
const FAR = 2 ** 31 - 1;

interface SliceAttrs {
  readonly dim: number;
  readonly start: number;
  readonly end: number | null;
  readonly step: number;
}

const slice = rule<SliceAttrs>(
  (call) => {
    const { shape, dims } = call.specs[0]!;
    const dim = axis('slice', shape.length, call.attrs.dim);
    const length = dims[dim]!;
    // Both clamp positions alike, so a position means the same whatever the length turns out to be.
    const position = (name: 'start' | 'end'): Dim => (call.attrs[name] === null ? FAR : call.size(name));
    const [start, end] = [position('start'), position('end')];
    const toEnd = sameDim(end, length) ? FAR : end;
    return call.add('Slice', [
      call.ins[0],
      call.ints([start]),
      call.ints([toEnd]),
      call.ints([dim]),
      call.ints([call.attrs.step]),
    ]);
  },
  { sizes: ['start', 'end'] },
);

const pad = rule<{ pad: readonly number[]; mode: string; value: number }>(
  (call) => {
    const rank = call.specs[0]!.shape.length;
    const amount = (i: number, after: 0 | 1): Dim => {
      const at = 2 * (rank - 1 - i) + after;
      return at < call.attrs.pad.length ? call.size(`pad.${at}`) : padOf(call.attrs.pad, rank, i)[after];
    };
    const all = Array.from({ length: rank }, (_, i) => i);
    const amounts = call.ints([...all.map((i) => amount(i, 0)), ...all.map((i) => amount(i, 1))]);
    const { dtype } = call.specs[0]!;
    const value = scalarOf(call, call.attrs.value, dtype);
    return call.add('Pad', [call.ins[0], amounts, ...(call.attrs.mode === 'constant' ? [value] : [])], {
      mode: { string: call.attrs.mode },
    });
  },
  { sizes: ['pad'] },
);

function scalarOf(call: OnnxCall<object>, value: number, dtype: string): string {
  if (dtype === 'u8') return call.tensor(Uint8Array.of(value), [], 'u8');
  return dtype === 'i32' ? call.scalar(value, 'i32') : call.scalar(value);
}

const RESIZE = {
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
};

const window = (attrs: PoolAttrs) => {
  const both = ([y, x = y]: readonly number[]) => [y!, x!];
  const pads = both(attrs.padding);
  return {
    kernel_shape: { ints: both(attrs.kernelSize) },
    strides: { ints: both(attrs.stride ?? attrs.kernelSize) },
    pads: { ints: [...pads, ...pads] },
  };
};
interface PoolAttrs {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[] | null;
  readonly padding: readonly number[];
}

/** Rules of ops that move elements or look at windows, by op name. */
export const shape: Readonly<Record<string, OnnxRule>> = {
  reshape: rule((call) => call.reshape(call.ins[0]!, call.specs[0]!.dims, call.outs[0]!.dims), { sizes: ['shape'] }),
  permute: rule<{ dims: readonly number[] }>((call) =>
    call.add('Transpose', [call.ins[0]], {
      perm: { ints: call.attrs.dims.map((d) => axis('permute', call.specs[0]!.shape.length, d)) },
    }),
  ),
  slice,
  pad,
  concat: rule<{ dim: number }>((call) =>
    call.add('Concat', call.ins, { axis: { int: axis('concat', call.specs[0]!.shape.length, call.attrs.dim) } }),
  ),
  expand: rule((call) => call.add('Expand', [call.ins[0], call.ints(call.outs[0]!.dims)]), { sizes: ['shape'] }),
  flip: rule<{ dims: readonly number[] }>((call) => {
    const dims = call.attrs.dims.map((d) => axis('flip', call.specs[0]!.shape.length, d));
    const all = (value: number) => call.ints(dims.map(() => value));
    return call.add('Slice', [call.ins[0], all(-1), all(-FAR), call.ints(dims), all(-1)]);
  }),
  gather: rule<{ dim: number }>((call) =>
    call.add('GatherElements', call.ins, {
      axis: { int: axis('gather', call.specs[0]!.shape.length, call.attrs.dim) },
    }),
  ),
  scatter_add: rule<{ dim: number }>((call) => {
    const [x, index, src] = call.ins;
    const at = call.specs[1]!;
    const from = call.specs[2]!;
    // ONNX wants as many updates as indices; ours may cover more.
    const starts = from.dims.map(() => 0);
    const same = at.dims.every((dim, i) => sameDim(dim, from.dims[i]));
    const covered = same
      ? src
      : call.add('Slice', [src, call.ints(starts), call.ints(at.dims), call.ints(at.dims.map((_, i) => i))]);
    return call.add('ScatterElements', [x, index, covered], {
      axis: { int: axis('scatter_add', at.shape.length, call.attrs.dim) },
      reduction: { string: 'add' },
    });
  }),
  index_select: rule<{ dim: number }>((call) =>
    call.add('Gather', call.ins, { axis: { int: axis('index_select', call.specs[0]!.shape.length, call.attrs.dim) } }),
  ),
  max_pool2d: rule<PoolAttrs>((call) => call.add('MaxPool', call.ins, window(call.attrs))),
  avg_pool2d: rule<PoolAttrs>((call) =>
    call.add('AveragePool', call.ins, { ...window(call.attrs), count_include_pad: { int: 1 } }),
  ),
  interpolate: rule<{ mode: keyof typeof RESIZE }>(
    (call) =>
      call.add('Resize', [call.ins[0], undefined, undefined, call.ints(call.outs[0]!.dims)], RESIZE[call.attrs.mode]),
    { sizes: ['size'] },
  ),
};
