import { attr } from '../attr';
import type { Spec } from '../dtype';
import { AttrError } from '../errors';
import { defineOp, implement, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { avgPool2dVjp, interpolateVjp, maxPool2dGrad } from './pool-grad';
import { mean } from './reduce';
import { show, sizeOf, want, wantRank } from './shapes';

const poolAttrs = { kernelSize: attr.ints(), stride: attr.ints(null), padding: attr.ints([0]) };

/** As the caller gave them: one number or [y, x]; `stride` null is `kernelSize`. */
export interface PoolAttrs {
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[] | null;
  readonly padding: readonly number[];
}

/** Window, step and border of a pooling, both axes. */
export function poolGeometry(op: string, x: Spec, attrs: PoolAttrs) {
  wantRank(op, 'input', x, 4, '[batch, channels, height, width]');
  const both = (argument: string, value: readonly number[], least: number): readonly [number, number] => {
    const [y, z = y] = value;
    if (value.length < 1 || value.length > 2 || y! < least || z! < least) {
      throw new AttrError(`${op}: ${argument} must be one or two integers of at least ${least}, got ${show(value)}.`, {
        op,
        argument,
        got: value,
      });
    }
    return [y!, z!];
  };
  const [kH, kW] = both('kernelSize', attrs.kernelSize, 1);
  const [strideY, strideX] = both('stride', attrs.stride ?? attrs.kernelSize, 1);
  const [padY, padX] = both('padding', attrs.padding, 0);
  if (padY * 2 > kH || padX * 2 > kW) {
    throw new AttrError(
      `${op}: padding must be at most half of kernelSize, got ${show([padY, padX])} for ${show([kH, kW])}.`,
      { op, argument: 'padding' },
    );
  }
  const [batch, channels, inH, inW] = x.shape as readonly [number, number, number, number];
  const outH = Math.floor((inH + 2 * padY - kH) / strideY) + 1;
  const outW = Math.floor((inW + 2 * padX - kW) / strideX) + 1;
  want(outH > 0 && outW > 0, op, 'input', `at least ${kH}×${kW} after padding`, x.shape);
  return { batch, channels, inH, inW, outH, outW, kH, kW, strideY, strideX, padY, padX };
}

const pool = (name: string) =>
  defineOp({
    name,
    version: 1,
    inputs: [tensor('input')],
    attrs: poolAttrs,
    shape([x], attrs) {
      const g = poolGeometry(name, x, attrs);
      return { shape: [g.batch, g.channels, g.outH, g.outW], dtype: 'f32' };
    },
    cost: (_ins, [out], { kernelSize: [h, w = h] }) => ({ flops: sizeOf(out!.shape) * h! * w! }),
    samples: (): Sample[] => [
      { name: '2', ins: [{ shape: [2, 3, 6, 8] }], attrs: { kernelSize: [2] } },
      { name: '3 stride 2', ins: [{ shape: [1, 5, 7, 9] }], attrs: { kernelSize: [3], stride: [2], padding: [1] } },
      {
        name: 'uneven',
        ins: [{ shape: [1, 2, 5, 7] }],
        attrs: { kernelSize: [2, 3], stride: [1, 2], padding: [0, 1] },
      },
    ],
  });

/** Largest value of each window; padding counts as -infinity. */
export const maxPool2d = pool('max_pool2d');
/** Mean of each window; padding counts as zeros (PyTorch's count_include_pad). */
export const avgPool2d = pool('avg_pool2d');
implement(maxPool2d, { vjp: ({ ins: [x], outs: [y], grads: [dy], attrs }) => [maxPool2dGrad(x, y!, dy!, attrs)] });
implement(avgPool2d, {
  vjp: ({ ins: [x], grads: [dy], attrs }) => [avgPool2dVjp(x, dy!, attrs)],
  tolerance: { rel: 1e-6, abs: 1e-6 },
});

/** Mean over height and width of [B, C, H, W] → [B, C]. */
export const globalAvgPool = (x: Tensor): Tensor => mean(x, { dim: [2, 3] });

/** Resizes [B, C, H, W] to `size` with PyTorch's `align_corners=False` coordinates. */
export const interpolate = defineOp({
  name: 'interpolate',
  version: 1,
  inputs: [tensor('input')],
  attrs: { size: attr.ints(), mode: attr.oneOf(['nearest', 'bilinear', 'bicubic'], 'nearest') },
  shape([x], { size }) {
    wantRank('interpolate', 'input', x, 4, '[batch, channels, height, width]');
    if (size.length !== 2 || size.some((n) => n < 1)) {
      throw new AttrError(`interpolate: size must be [height, width] of at least 1, got ${show(size)}.`, {
        op: 'interpolate',
        argument: 'size',
        got: size,
      });
    }
    want(x.shape[2]! > 0 && x.shape[3]! > 0, 'interpolate', 'input', 'a map that is not empty', x.shape);
    return { shape: [x.shape[0]!, x.shape[1]!, size[0]!, size[1]!], dtype: 'f32' };
  },
  cost: (_ins, [out], { mode }) => ({ flops: sizeOf(out!.shape) * { nearest: 0, bilinear: 8, bicubic: 40 }[mode] }),
  samples: (): Sample[] =>
    (['nearest', 'bilinear', 'bicubic'] as const).flatMap((mode) => [
      { name: `${mode} up`, ins: [{ shape: [2, 3, 4, 5] }], attrs: { size: [7, 9], mode } },
      { name: `${mode} down`, ins: [{ shape: [1, 2, 9, 8] }], attrs: { size: [4, 5], mode } },
      { name: `${mode} same`, ins: [{ shape: [1, 2, 3, 3] }], attrs: { size: [3, 3], mode } },
    ]),
});
implement(interpolate, {
  vjp: ({ ins: [x], grads: [dy], attrs: { mode } }) => [interpolateVjp(x, dy!, mode)],
  tolerance: { rel: 2e-6, abs: 2e-6 },
});
