import { attr } from '../attr';
import type { Spec } from '../dtype';
import { AttrError } from '../errors';
import { defineOp, implement, optional, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { activate } from './activation';
import { ACTIVATIONS } from './activations';
import { conv2dVjp } from './conv-grad';
import { add, mul } from './binary';
import { permute, reshape } from './shape';
import { show, sizeOf, want, wantRank, wantShape } from './shapes';

/** A number for both axes, or [rows, columns]. */
const pair = (op: string, argument: string, value: readonly number[], least: number): readonly [number, number] => {
  const [y, x = y] = value;
  if (value.length < 1 || value.length > 2 || y! < least || x! < least) {
    throw new AttrError(`${op}: ${argument} must be one or two integers of at least ${least}, got ${show(value)}.`, {
      op,
      argument,
      got: value,
    });
  }
  return [y!, x!];
};

const convAttrs = {
  stride: attr.ints([1]),
  padding: attr.ints([0]),
  dilation: attr.ints([1]),
  groups: attr.int(1),
};

export interface ConvAttrs {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/** Everything a convolution kernel needs, spelled out. */
export interface ConvGeometry {
  readonly batch: number;
  readonly inC: number;
  readonly inH: number;
  readonly inW: number;
  readonly outC: number;
  readonly outH: number;
  readonly outW: number;
  readonly kH: number;
  readonly kW: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly padY: number;
  readonly padX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly groups: number;
}

/** Checks a convolution and works out its sizes. `channelsLast` tells how the input is laid out; weights are always [O, I/groups, kH, kW]. */
export function convGeometry(op: string, x: Spec, w: Spec, attrs: ConvAttrs, channelsLast: boolean): ConvGeometry {
  wantRank(op, 'input', x, 4, channelsLast ? '[batch, height, width, channels]' : '[batch, channels, height, width]');
  wantRank(op, 'weight', w, 4, '[out, in / groups, height, width]');
  const [batch, a, b, c] = x.shape as readonly [number, number, number, number];
  const [inC, inH, inW] = channelsLast ? [c, a, b] : [a, b, c];
  const [outC, perGroup, kH, kW] = w.shape as readonly [number, number, number, number];
  const { groups } = attrs;
  if (groups < 1 || outC % groups || inC % groups) {
    throw new AttrError(`${op}: groups ${groups} must divide ${inC} input and ${outC} output channels.`, {
      op,
      argument: 'groups',
      got: groups,
    });
  }
  want(
    perGroup * groups === inC,
    op,
    'weight',
    `[out, ${inC / groups}, height, width] for ${inC} input channels in ${groups} groups`,
    w.shape,
  );
  want(kH > 0 && kW > 0, op, 'weight', 'a kernel of at least 1×1', w.shape);
  const [strideY, strideX] = pair(op, 'stride', attrs.stride, 1);
  const [padY, padX] = pair(op, 'padding', attrs.padding, 0);
  const [dilationY, dilationX] = pair(op, 'dilation', attrs.dilation, 1);
  const outH = Math.floor((inH + 2 * padY - dilationY * (kH - 1) - 1) / strideY) + 1;
  const outW = Math.floor((inW + 2 * padX - dilationX * (kW - 1) - 1) / strideX) + 1;
  want(outH > 0 && outW > 0, op, 'input', `at least as large as the kernel ${kH}×${kW} after padding`, x.shape);
  return { batch, inC, inH, inW, outC, outH, outW, kH, kW, strideY, strideX, padY, padX, dilationY, dilationX, groups };
}

const cost = (w: Spec, out: Spec) => {
  const macs = sizeOf(out.shape) * w.shape[1]! * w.shape[2]! * w.shape[3]!;
  return { macs, flops: 2 * macs };
};

/** Cross-correlation. input [B, C, H, W], weight [O, C / groups, kH, kW], bias [O]; stride, padding, dilation are [n] or [y, x]. */
export const conv2d = defineOp({
  name: 'conv2d',
  version: 1,
  inputs: [tensor('input'), tensor('weight'), optional('bias')],
  attrs: convAttrs,
  shape([x, w, bias], attrs) {
    const g = convGeometry('conv2d', x, w, attrs, false);
    wantShape('conv2d', 'bias', bias, [g.outC]);
    return { shape: [g.batch, g.outC, g.outH, g.outW], dtype: 'f32' };
  },
  cost: ([, w], [out]) => cost(w, out!),
  samples: (): Sample[] => [
    { name: 'pointwise', ins: [{ shape: [2, 7, 5, 5] }, { shape: [9, 7, 1, 1] }, { shape: [9] }] },
    {
      name: 'stem',
      ins: [{ shape: [2, 3, 11, 13] }, { shape: [8, 3, 3, 3] }, null],
      attrs: { stride: [2], padding: [1] },
    },
    { name: 'even', ins: [{ shape: [1, 4, 8, 8] }, { shape: [8, 4, 3, 3] }, { shape: [8] }], attrs: { padding: [1] } },
    {
      name: 'depthwise 3',
      ins: [{ shape: [2, 6, 7, 7] }, { shape: [6, 1, 3, 3] }, { shape: [6] }],
      attrs: { padding: [1], groups: 6 },
    },
    {
      name: 'depthwise 5 stride 2',
      ins: [{ shape: [1, 9, 10, 9] }, { shape: [9, 1, 5, 5] }, null],
      attrs: { padding: [2], stride: [2], groups: 9 },
    },
    {
      name: 'depthwise 7 over 4',
      ins: [{ shape: [1, 4, 4, 4] }, { shape: [4, 1, 7, 7] }, null],
      attrs: { padding: [3], groups: 4 },
    },
    {
      name: 'grouped',
      ins: [{ shape: [2, 6, 5, 4] }, { shape: [9, 2, 3, 3] }, { shape: [9] }],
      attrs: { padding: [1, 0], groups: 3 },
    },
    { name: 'multiplier', ins: [{ shape: [1, 3, 5, 5] }, { shape: [6, 1, 3, 3] }, null], attrs: { groups: 3 } },
    {
      name: 'dilated',
      ins: [{ shape: [1, 3, 9, 9] }, { shape: [4, 3, 3, 3] }, null],
      attrs: { dilation: [2, 3], padding: [2, 1], stride: [1, 2] },
    },
    { name: 'no batch', ins: [{ shape: [0, 3, 5, 5] }, { shape: [4, 3, 3, 3] }, null] },
  ],
});
implement(conv2d, {
  vjp: ({ ins: [x, w], grads: [dy], attrs, needs }) => conv2dVjp(x, w, dy!, attrs, needs),
  tolerance: { rel: 2e-6, abs: 3e-5 },
});

/** Output shape of a channels-first convolution. */
export function conv2dSizes(op: string, x: Spec, w: Spec, attrs: ConvAttrs): number[] {
  const g = convGeometry(op, x, w, attrs, false);
  return [g.batch, g.outC, g.outH, g.outW];
}

/**
 * Convolution on channels-last maps with its usual company, in one pass:
 * activation(conv(input · gate) + bias + residual). input [B, H, W, C], weight [O, C / groups, kH, kW] (PyTorch's layout), bias [O],
 * residual [B, H', W', O], gate [B, C] (a squeeze-and-excite factor per image and channel).
 */
export const conv2dNhwc = defineOp({
  name: 'conv2d_nhwc',
  version: 1,
  inputs: [tensor('input'), tensor('weight'), optional('bias'), optional('residual'), optional('gate')],
  attrs: { ...convAttrs, activation: attr.oneOf(ACTIVATIONS, 'none') },
  shape([x, w, bias, residual, gate], attrs) {
    const g = convGeometry('conv2d_nhwc', x, w, attrs, true);
    const shape = [g.batch, g.outH, g.outW, g.outC];
    wantShape('conv2d_nhwc', 'bias', bias, [g.outC]);
    wantShape('conv2d_nhwc', 'residual', residual, shape);
    wantShape('conv2d_nhwc', 'gate', gate, [g.batch, g.inC]);
    return { shape, dtype: 'f32' };
  },
  cost: ([, w], [out]) => cost(w, out!),
  samples: (): Sample[] => [
    {
      name: 'pointwise',
      ins: [{ shape: [2, 5, 5, 7] }, { shape: [9, 7, 1, 1] }, { shape: [9] }, null, null],
      attrs: { activation: 'relu' },
    },
    {
      name: 'pointwise residual',
      ins: [{ shape: [1, 7, 7, 16] }, { shape: [8, 16, 1, 1] }, { shape: [8] }, { shape: [1, 7, 7, 8] }, null],
    },
    {
      name: 'gated',
      ins: [
        { shape: [2, 3, 5, 8] },
        { shape: [12, 8, 1, 1] },
        { shape: [12] },
        { shape: [2, 3, 5, 12] },
        { shape: [2, 8] },
      ],
      attrs: { activation: 'silu' },
    },
    {
      name: 'stem',
      ins: [{ shape: [2, 11, 13, 3] }, { shape: [8, 3, 3, 3] }, { shape: [8] }, null, null],
      attrs: { stride: [2], padding: [1], activation: 'hardswish' },
    },
    {
      name: 'dense',
      ins: [{ shape: [1, 6, 9, 8] }, { shape: [16, 8, 3, 3] }, null, null, null],
      attrs: { padding: [1] },
    },
    {
      name: 'depthwise 3',
      ins: [{ shape: [2, 7, 7, 8] }, { shape: [8, 1, 3, 3] }, { shape: [8] }, null, null],
      attrs: { padding: [1], groups: 8, activation: 'relu' },
    },
    {
      name: 'depthwise odd channels',
      ins: [{ shape: [1, 6, 5, 11] }, { shape: [11, 1, 3, 3] }, null, null, null],
      attrs: { padding: [1], stride: [2], groups: 11 },
    },
    {
      name: 'depthwise 5',
      ins: [{ shape: [2, 9, 8, 12] }, { shape: [12, 1, 5, 5] }, { shape: [12] }, { shape: [2, 9, 8, 12] }, null],
      attrs: { padding: [2], groups: 12, activation: 'hardswish' },
    },
    {
      name: 'depthwise 7 over 4',
      ins: [{ shape: [1, 4, 4, 16] }, { shape: [16, 1, 7, 7] }, { shape: [16] }, null, null],
      attrs: { padding: [3], groups: 16 },
    },
    {
      name: 'depthwise gated',
      ins: [{ shape: [2, 4, 4, 4] }, { shape: [4, 1, 3, 3] }, null, null, { shape: [2, 4] }],
      attrs: { padding: [1], groups: 4 },
    },
    {
      name: 'grouped',
      ins: [{ shape: [1, 5, 5, 6] }, { shape: [9, 2, 3, 3] }, { shape: [9] }, null, null],
      attrs: { padding: [1], groups: 3 },
    },
    {
      name: 'dilated',
      ins: [{ shape: [1, 9, 9, 4] }, { shape: [8, 4, 3, 3] }, null, null, null],
      attrs: { dilation: [2], padding: [2] },
    },
  ],
});
implement(conv2dNhwc, {
  composite([x, w, bias, residual, gate], { activation, ...attrs }) {
    const gated = gate ? mul(x, reshape(gate, { shape: [gate.shape[0]!, 1, 1, gate.shape[1]!] })) : x;
    let y = permute(conv2d(permute(gated, { dims: [0, 3, 1, 2] }), w, bias, attrs), { dims: [0, 2, 3, 1] });
    if (residual) y = add(y, residual);
    return activate(y, activation);
  },
  tolerance: { rel: 4e-6, abs: 3e-5 },
});

/** The same map with channels last. */
export const toNhwc = (x: Tensor): Tensor => permute(x, { dims: [0, 2, 3, 1] });
/** The same map with channels first. */
export const toNchw = (x: Tensor): Tensor => permute(x, { dims: [0, 3, 1, 2] });
