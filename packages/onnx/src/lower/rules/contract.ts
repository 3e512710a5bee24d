import { type Activation } from '@paperzoo/core';
import { rule, type NodeWriter, type OnnxRule } from '../rule';
import { activation } from './elementwise';

interface ConvAttrs {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

const both = ([y, x = y]: readonly number[]) => [y!, x!];

function conv(
  to: NodeWriter,
  inputs: readonly (string | undefined)[],
  kernel: readonly number[],
  attrs: ConvAttrs,
): string {
  const pads = both(attrs.padding);
  return to.add('Conv', inputs, {
    kernel_shape: { ints: kernel },
    strides: { ints: both(attrs.stride) },
    pads: { ints: [...pads, ...pads] },
    dilations: { ints: both(attrs.dilation) },
    group: { int: attrs.groups },
  });
}

const linear = rule<{ activation: Activation }>((call) => {
  const [x, weight, bias, residual] = call.ins as [string, string, string?, string?];
  const { dims } = call.specs[0]!;
  const out = call.outs[0]!.dims;
  let y: string;
  if (dims.length === 2) {
    y = call.add('Gemm', [x, weight, bias], { transB: { int: 1 } });
  } else if (dims.length === 1 || call.isShared(1)) {
    // A weight that others read as it is, such as tied embeddings, stays one constant.
    const rows = call.reshape(x, dims, [-1, dims.at(-1)!]);
    y = call.reshape(call.add('Gemm', [rows, weight, bias], { transB: { int: 1 } }), [], out);
  } else {
    y = call.add('MatMul', [x, call.swapped(1)]);
    if (bias) y = call.add('Add', [y, bias]);
  }
  if (residual) y = call.add('Add', [y, residual]);
  return activation(call, y, call.attrs.activation);
});

const TO_NCHW = { perm: { ints: [0, 3, 1, 2] } };
const TO_NHWC = { perm: { ints: [0, 2, 3, 1] } };

// Runtimes convolve channels first; the transpositions between two such convolutions cancel later.
const conv2dNhwc = rule<ConvAttrs & { activation: Activation }>((call) => {
  const [x, weight, bias, residual, gate] = call.ins as [string, string, string?, string?, string?];
  const { dims } = call.specs[0]!;
  let map = call.add('Transpose', [x], TO_NCHW);
  if (gate) map = call.add('Mul', [map, call.reshape(gate, call.specs[4]!.dims, [dims[0]!, dims[3]!, 1, 1])]);
  let y = conv(call, [map, weight, bias], call.specs[1]!.shape.slice(2), call.attrs);
  if (residual) y = call.add('Add', [y, call.add('Transpose', [residual], TO_NCHW)]);
  return call.add('Transpose', [activation(call, y, call.attrs.activation)], TO_NHWC);
});

/** Rules of products and convolutions, by op name. */
export const contract: Readonly<Record<string, OnnxRule>> = {
  matmul: rule<{ transposeA: boolean; transposeB: boolean }>((call) => {
    const { transposeA, transposeB } = call.attrs;
    // Sums over nothing are zeros; runtimes have been seen to leave them unwritten.
    if (call.specs[0]!.shape.at(transposeA ? -2 : -1) === 0) return call.fill(call.outs[0]!.dims, 0, 'f32');
    return call.add('MatMul', [transposeA ? call.swapped(0) : call.ins[0], transposeB ? call.swapped(1) : call.ins[1]]);
  }),
  linear,
  conv2d: rule<ConvAttrs>((call) => conv(call, call.ins, call.specs[1]!.shape.slice(2), call.attrs)),
  conv2d_nhwc: conv2dNhwc,
};
