import type { Spec } from '@paperzoo/core';
import type { OnnxCall, OnnxRule } from '@paperzoo/onnx';

interface Attrs {
  readonly window: number;
  readonly keyDim: number;
  readonly kernels: readonly number[];
}

/**
 * Cascaded group attention in ONNX nodes, channels first: windows are rows of a batch and tokens the last axis, [windows, C, N], where the
 * projections are convolutions of width 1. The transpositions sit beside products, which runtimes read transposed, and the softmax is over the last axis,
 * the only one for which they do not move memory.
 */
export const cascadedGroupAttentionOnnx: OnnxRule = {
  lower(call) {
    const { window: R, keyDim: d, kernels } = call.attrs as Attrs;
    const batch = call.specs[0]!.dims[0]!;
    const [height, width, channels] = [call.fixed(0, 1), call.fixed(0, 2), call.fixed(0, 3)];
    const heads = kernels.length;
    const v = channels / heads;
    const grid = [Math.ceil(height / R), Math.ceil(width / R)] as const;
    const windows = cut(call, { batch, height, width, channels, R, grid });
    const xs = pieces(call, windows, 1, kernels.map(() => v)); // prettier-ignore
    const [, qkvWeight, qkvBias, dwWeight, dwBias, bias] = call.ins as readonly string[];
    const ones = kernels.map(() => 1);
    const w = pieces(call, qkvWeight!, 0, ones);
    const b = pieces(call, qkvBias!, 0, ones);
    const filters = pieces(call, dwWeight!, 0, kernels.map((k) => k * k * d)); // prettier-ignore
    const shifts = pieces(call, dwBias!, 0, ones);
    const tables = pieces(call, bias!, 0, ones);
    const columns = 2 * d + v;
    const outs: string[] = [];
    kernels.forEach((k, j) => {
      const f = j === 0 ? xs[0]! : call.add('Add', [xs[j]!, outs[j - 1]!]);
      const projection = call.reshape(w[j]!, [1, columns, v], [columns, v, 1]);
      const qkv = call.add('Conv', [f, projection, call.reshape(b[j]!, [1, columns], [columns])], {
        kernel_shape: { ints: [1] },
      });
      const [q, key, value] = call.addMany('Split', [qkv, call.ints([d, d, v])], 3, { axis: { int: 1 } });
      const filter = call.reshape(
        call.add('Transpose', [call.reshape(filters[j]!, [k * k * d], [k * k, d])], { perm: { ints: [1, 0] } }),
        [d, k * k],
        [d, 1, k, k],
      );
      const map = call.add('Reshape', [q, call.ints([-1, d, R, R])]);
      const mixed = call.add('Conv', [map, filter, call.reshape(shifts[j]!, [1, d], [d])], {
        kernel_shape: { ints: [k, k] },
        pads: { ints: [k >> 1, k >> 1, k >> 1, k >> 1] },
        group: { int: d },
      });
      const queries = call.add('Reshape', [mixed, call.ints([-1, d, R * R])]);
      const rows = call.add('Transpose', [queries], { perm: { ints: [0, 2, 1] } });
      const scores = call.add('Add', [call.add('MatMul', [rows, key]), tables[j]!]);
      const weights = call.add('Softmax', [scores], { axis: { int: -1 } });
      outs.push(call.add('MatMul', [value, call.add('Transpose', [weights], { perm: { ints: [0, 2, 1] } })]));
    });
    const joined = call.add('Relu', [heads === 1 ? outs[0]! : call.add('Concat', outs, { axis: { int: 1 } })]);
    return join(call, joined, { batch, height, width, channels, R, grid });
  },
  // Nothing to write where there is nothing to compute.
  applies: (ins: readonly (Spec | undefined)[]) => ins[0]!.shape.every((n) => n > 0),
};

interface Cut {
  readonly batch: OnnxCall['outs'][0]['dims'][number];
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly R: number;
  /** Windows down and across. */
  readonly grid: readonly [number, number];
}

/** Maps [B, H, W, C] → windows [B · n, C, R²], padded with zeros right and below. */
function cut(call: OnnxCall, { batch, height, width, channels, R, grid: [down, across] }: Cut): string {
  let map = call.add('Transpose', [call.ins[0]], { perm: { ints: [0, 3, 1, 2] } });
  const [bottom, right] = [down * R - height, across * R - width];
  if (bottom || right) map = call.add('Pad', [map, call.ints([0, 0, 0, 0, 0, 0, bottom, right])]);
  if (down * across === 1) return call.reshape(map, [batch, channels, R, R], [batch, channels, R * R]);
  const apart = call.add('Reshape', [map, call.ints([-1, channels, down, R, across, R])]);
  const windows = call.add('Transpose', [apart], { perm: { ints: [0, 2, 4, 1, 3, 5] } });
  return call.add('Reshape', [windows, call.ints([-1, channels, R * R])]);
}

/** Windows [B · n, C, R²] → maps [B, H, W, C]. */
function join(call: OnnxCall, y: string, { height, width, channels, R, grid: [down, across] }: Cut): string {
  let map: string;
  if (down * across === 1) map = call.add('Reshape', [y, call.ints([-1, channels, R, R])]);
  else {
    const apart = call.add('Reshape', [y, call.ints([-1, down, across, channels, R, R])]);
    const rows = call.add('Transpose', [apart], { perm: { ints: [0, 3, 1, 4, 2, 5] } });
    map = call.add('Reshape', [rows, call.ints([-1, channels, down * R, across * R])]);
  }
  if (down * R > height || across * R > width)
    map = call.add('Slice', [map, call.ints([0, 0]), call.ints([height, width]), call.ints([2, 3])]);
  return call.add('Transpose', [map], { perm: { ints: [0, 2, 3, 1] } });
}

/** Pieces of these sizes along an axis. */
const pieces = (call: OnnxCall, x: string, axis: number, sizes: readonly number[]): readonly string[] =>
  sizes.length === 1 ? [x] : call.addMany('Split', [x, call.ints(sizes)], sizes.length, { axis: { int: axis } });
