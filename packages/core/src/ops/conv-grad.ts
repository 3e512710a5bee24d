import { attr } from '../attr';
import { defineOp, implement, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { conv2d, conv2dSizes, type ConvAttrs } from './conv';
import { sum } from './reduce';
import { flip, pad, permute, reshape, slice } from './shape';
import { sizeOf, wantRank, wantShape } from './shapes';

const attrs = {
  stride: attr.ints([1]),
  padding: attr.ints([0]),
  dilation: attr.ints([1]),
  groups: attr.int(1),
};

type Axes = readonly [number, number];
const both = ([y, x = y]: readonly number[]): Axes => [y!, x!];

/** Puts s - 1 zeros behind every element of both spatial axes. */
function spreadOut(x: Tensor, [sy, sx]: Axes): Tensor {
  if (sy === 1 && sx === 1) return x;
  const [b, c, h, w] = x.shape as readonly [number, number, number, number];
  const spaced = pad(reshape(x, { shape: [b, c, h, 1, w, 1] }), { pad: [0, sx - 1, 0, 0, 0, sy - 1] });
  return reshape(spaced, { shape: [b, c, h * sy, w * sx] });
}

/**
 * Gradient of `conv2d` with respect to its input, which is also the transposed convolution. grad [B, O, H', W'], weight
 * [O, C / groups, kH, kW]; `inputSize` is [H, W] of the convolution's input. → [B, C, H, W].
 */
export const conv2dInputGrad = defineOp({
  name: 'conv2d_input_grad',
  version: 1,
  inputs: [tensor('grad'), tensor('weight')],
  attrs: { ...attrs, inputSize: attr.ints() },
  shape([dy, w], { inputSize, ...conv }) {
    wantRank('conv2d_input_grad', 'grad', dy, 4, '[batch, out, height, width]');
    wantRank('conv2d_input_grad', 'weight', w, 4, '[out, in / groups, height, width]');
    const shape = [dy.shape[0]!, w.shape[1]! * conv.groups, ...both(inputSize)];
    wantShape('conv2d_input_grad', 'grad', dy, conv2dSizes('conv2d_input_grad', { shape, dtype: 'f32' }, w, conv));
    return { shape, dtype: 'f32' };
  },
  cost([dy, w]) {
    const macs = sizeOf(dy.shape) * sizeOf(w.shape.slice(1));
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => [
    {
      name: 'same',
      ins: [{ shape: [2, 6, 5, 7] }, { shape: [6, 3, 3, 3] }],
      attrs: { padding: [1], inputSize: [5, 7] },
    },
    { name: 'pointwise', ins: [{ shape: [2, 5, 4, 4] }, { shape: [5, 7, 1, 1] }], attrs: { inputSize: [4, 4] } },
    {
      name: 'strided',
      ins: [{ shape: [1, 4, 3, 4] }, { shape: [4, 3, 3, 3] }],
      attrs: { stride: [2], padding: [1], inputSize: [6, 7] },
    },
    {
      name: 'depthwise',
      ins: [{ shape: [2, 5, 4, 4] }, { shape: [5, 1, 3, 3] }],
      attrs: { stride: [2], padding: [1], groups: 5, inputSize: [7, 8] },
    },
    {
      name: 'grouped and dilated',
      ins: [{ shape: [1, 6, 4, 5] }, { shape: [6, 2, 2, 3] }],
      attrs: { dilation: [2, 1], padding: [1], groups: 3, inputSize: [4, 5] },
    },
    { name: 'large pointwise', ins: [{ shape: [3, 9, 8, 9] }, { shape: [9, 6, 1, 1] }], attrs: { inputSize: [8, 9] } },
    {
      name: 'depthwise, strided and dilated',
      ins: [{ shape: [2, 18, 3, 4] }, { shape: [18, 1, 5, 3] }],
      attrs: { stride: [3, 2], dilation: [2, 4], padding: [4, 3], groups: 18, inputSize: [7, 9] },
    },
  ],
});

/**
 * Gradient of `conv2d` with respect to its weight. input [B, C, H, W], grad [B, O, H', W']; `kernelSize` is [kH, kW].
 * → [O, C / groups, kH, kW].
 */
export const conv2dWeightGrad = defineOp({
  name: 'conv2d_weight_grad',
  version: 1,
  inputs: [tensor('input'), tensor('grad')],
  attrs: { ...attrs, kernelSize: attr.ints() },
  shape([x, dy], { kernelSize, ...conv }) {
    wantRank('conv2d_weight_grad', 'input', x, 4, '[batch, in, height, width]');
    wantRank('conv2d_weight_grad', 'grad', dy, 4, '[batch, out, height, width]');
    const shape = [dy.shape[1]!, Math.floor(x.shape[1]! / conv.groups), ...both(kernelSize)];
    wantShape('conv2d_weight_grad', 'grad', dy, conv2dSizes('conv2d_weight_grad', x, { shape, dtype: 'f32' }, conv));
    return { shape, dtype: 'f32' };
  },
  cost([, dy], [out]) {
    const macs = sizeOf(dy.shape) * sizeOf(out!.shape.slice(1));
    return { macs, flops: 2 * macs };
  },
  samples: (): Sample[] => [
    {
      name: 'same',
      ins: [{ shape: [2, 3, 5, 7] }, { shape: [2, 6, 5, 7] }],
      attrs: { padding: [1], kernelSize: [3, 3] },
    },
    { name: 'pointwise', ins: [{ shape: [2, 7, 4, 4] }, { shape: [2, 5, 4, 4] }], attrs: { kernelSize: [1, 1] } },
    {
      name: 'strided',
      ins: [{ shape: [2, 3, 6, 7] }, { shape: [2, 4, 3, 4] }],
      attrs: { stride: [2], padding: [1], kernelSize: [3, 3] },
    },
    {
      name: 'depthwise',
      ins: [{ shape: [2, 5, 7, 8] }, { shape: [2, 5, 4, 4] }],
      attrs: { stride: [2], padding: [1], groups: 5, kernelSize: [3, 3] },
    },
    {
      name: 'grouped and dilated',
      ins: [{ shape: [1, 6, 4, 5] }, { shape: [1, 6, 4, 5] }],
      attrs: { dilation: [2, 1], padding: [1], groups: 3, kernelSize: [2, 3] },
    },
    {
      name: 'depthwise, strided and dilated',
      ins: [{ shape: [2, 18, 7, 9] }, { shape: [2, 18, 3, 4] }],
      attrs: { stride: [3, 2], dilation: [2, 4], padding: [4, 3], groups: 18, kernelSize: [5, 3] },
    },
    {
      name: 'many pixels',
      ins: [{ shape: [2, 3, 25, 26] }, { shape: [2, 9, 23, 24] }],
      attrs: { kernelSize: [3, 3] },
    },
  ],
});

implement(conv2dInputGrad, {
  // A correlation with the flipped kernel over the spread-out gradient, padded so far that every input pixel is reached.
  composite([dy, w], { inputSize, stride, padding, dilation, groups }) {
    const [o, perGroup, kH, kW] = w.shape as readonly [number, number, number, number];
    const [height, width] = both(inputSize);
    const [padY, padX] = both(padding);
    const [dilationY, dilationX] = both(dilation);
    const spaced = spreadOut(dy, both(stride));
    const [reachY, reachX] = [dilationY * (kH - 1), dilationX * (kW - 1)];
    const [top, left] = [reachY - padY, reachX - padX];
    const bottom = height + reachY - spaced.shape[2]! - top;
    const right = width + reachX - spaced.shape[3]! - left;
    const grouped = reshape(w, { shape: [groups, o / groups, perGroup, kH, kW] });
    const swapped = reshape(permute(grouped, { dims: [0, 2, 1, 3, 4] }), {
      shape: [groups * perGroup, o / groups, kH, kW],
    });
    const padded = pad(spaced, { pad: [left, right, top, bottom] });
    return conv2d(padded, flip(swapped, { dims: [2, 3] }), null, { dilation, groups });
  },
  vjp: ({ ins: [dy, w], grads: [g], attrs: { inputSize: _, ...conv }, needs }) => [
    needs[0] ? conv2d(g!, w, null, conv) : undefined,
    needs[1] ? conv2dWeightGrad(g!, dy, { ...conv, kernelSize: w.shape.slice(2) }) : undefined,
  ],
  tolerance: { rel: 2e-6, abs: 3e-5 },
});

implement(conv2dWeightGrad, {
  // A convolution again: images play the channels, the gradient plays the kernel, stride and dilation change places.
  composite([x, dy], { kernelSize, stride, padding, dilation, groups }) {
    const [batch, c, height, width] = x.shape as readonly [number, number, number, number];
    const [kH, kW] = both(kernelSize);
    const perGroup = c / groups;
    const grouped = permute(reshape(x, { shape: [batch, groups, perGroup, height, width] }), { dims: [2, 1, 0, 3, 4] });
    const swapped = reshape(grouped, { shape: [perGroup, groups * batch, height, width] });
    const kernel = permute(dy, { dims: [1, 0, 2, 3] });
    const full = conv2d(swapped, kernel, null, { stride: dilation, dilation: stride, padding, groups });
    const cut = slice(slice(full, { dim: 2, end: kH }), { dim: 3, end: kW });
    return permute(cut, { dims: [1, 0, 2, 3] });
  },
  vjp: ({ ins: [x, dy], grads: [g], attrs: { kernelSize: _, ...conv }, needs }) => [
    needs[0] ? conv2dInputGrad(dy, g!, { ...conv, inputSize: x.shape.slice(2) }) : undefined,
    needs[1] ? conv2d(x, g!, null, conv) : undefined,
  ],
  tolerance: { rel: 2e-6, abs: 5e-5 },
});

/** Gradients of `conv2d`'s input, weight and bias. */
export function conv2dVjp(
  x: Tensor,
  w: Tensor,
  dy: Tensor,
  conv: ConvAttrs,
  needs: readonly boolean[],
): (Tensor | undefined)[] {
  return [
    needs[0] ? conv2dInputGrad(dy, w, { ...conv, inputSize: x.shape.slice(2) }) : undefined,
    needs[1] ? conv2dWeightGrad(x, dy, { ...conv, kernelSize: w.shape.slice(2) }) : undefined,
    needs[2] ? sum(dy, { dim: [0, 2, 3] }) : undefined,
  ];
}
