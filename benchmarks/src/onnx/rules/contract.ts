import { permute, type Activation } from '@paperzoo/core';
import type { OnnxModel } from '../model';
import { rule, type Call, type Rule } from '../rule';
import { activation } from './elementwise';

interface ConvAttrs {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

const both = ([y, x = y]: readonly number[]) => [y!, x!];

function conv(model: OnnxModel, inputs: readonly string[], kernel: readonly number[], attrs: ConvAttrs): string {
  const pads = both(attrs.padding);
  return model.node('Conv', inputs, {
    kernel_shape: { ints: kernel },
    strides: { ints: both(attrs.stride) },
    pads: { ints: [...pads, ...pads] },
    dilations: { ints: both(attrs.dilation) },
    group: { int: attrs.groups },
  });
}

const present = (names: readonly (string | undefined)[]) => names.filter((name) => name !== undefined);

/** The matrix read the other way round: a constant is transposed here and now, anything else by a node. */
function transposed(call: Call, index: number): string {
  const rank = call.specs[index]!.shape.length;
  const dims = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  const known = call.constant(index);
  if (known) {
    const flipped = permute(known, { dims });
    return call.model.constant(flipped.dataSync(), flipped);
  }
  return call.model.node('Transpose', [call.ins[index]!], { perm: { ints: dims } });
}

const linear = rule<{ activation: Activation }>((call) => {
  const { model, ins, specs, attrs } = call;
  const [x, weight, bias, residual] = ins as [string, string, string?, string?];
  let y: string;
  if (specs[0]!.shape.length === 2) {
    y = model.node('Gemm', present([x, weight, bias]), { transB: { int: 1 } });
  } else {
    y = model.node('MatMul', [x, transposed(call, 1)]);
    if (bias) y = model.node('Add', [y, bias]);
  }
  if (residual) y = model.node('Add', [y, residual]);
  return activation(model, y, attrs.activation);
});

const TO_NCHW = { perm: { ints: [0, 3, 1, 2] } };
const TO_NHWC = { perm: { ints: [0, 2, 3, 1] } };

const conv2dNhwc = rule<ConvAttrs & { activation: Activation }>(({ model, ins, specs, attrs }) => {
  const [x, weight, bias, residual, gate] = ins as [string, string, string?, string?, string?];
  const kernel = specs[1]!.shape.slice(2);
  const [batch, channels] = [specs[0]!.shape[0]!, specs[0]!.shape[3]!];
  const gated = gate ? model.node('Mul', [x, model.node('Reshape', [gate, model.ints([batch, 1, 1, channels])])]) : x;
  let y = conv(model, present([model.node('Transpose', [gated], TO_NCHW), weight, bias]), kernel, attrs);
  if (residual) y = model.node('Add', [y, model.node('Transpose', [residual], TO_NCHW)]);
  return model.node('Transpose', [activation(model, y, attrs.activation)], TO_NHWC);
});

/** Rules of products and convolutions, by op name. */
export const contract: Readonly<Record<string, Rule>> = {
  matmul: rule<{ transposeA: boolean; transposeB: boolean }>((call) =>
    call.model.node('MatMul', [
      call.attrs.transposeA ? transposed(call, 0) : call.ins[0]!,
      call.attrs.transposeB ? transposed(call, 1) : call.ins[1]!,
    ]),
  ),
  linear,
  conv2d: rule<ConvAttrs>(({ model, ins, specs, attrs }) => conv(model, present(ins), specs[1]!.shape.slice(2), attrs)),
  conv2d_nhwc: conv2dNhwc,
};
