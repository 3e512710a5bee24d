import { attr } from '../attr';
import { defineOp, implement, tensor, type Sample } from '../op';
import type { Tensor } from '../tensor';
import { add, mul, sub } from './binary';
import { eq, where } from './compare';
import { conv2dInputGrad } from './conv-grad';
import { matmul } from './matmul';
import { poolGeometry, type PoolAttrs } from './pool';
import { pad, reshape, slice } from './shape';
import { wantShape } from './shapes';

/** Elements of a padded map that tap (ky, kx) of each window sees, as a map of the windows' size. */
function tapOf(x: Tensor, g: Geometry, ky: number, kx: number): Tensor {
  const rows = slice(x, { dim: 2, start: ky, end: ky + (g.outH - 1) * g.strideY + 1, step: g.strideY });
  return slice(rows, { dim: 3, start: kx, end: kx + (g.outW - 1) * g.strideX + 1, step: g.strideX });
}

/**
 * Gradient of `maxPool2d`: each window's gradient goes to its first largest element (row by row), as PyTorch has it. input [B, C, H, W], output and
 * grad as `maxPool2d` gives. → [B, C, H, W].
 */
export const maxPool2dGrad = defineOp({
  name: 'max_pool2d_grad',
  version: 1,
  inputs: [tensor('input'), tensor('output'), tensor('grad')],
  attrs: { kernelSize: attr.ints(), stride: attr.ints(null), padding: attr.ints([0]) },
  shape([x, y, dy], attrs) {
    const g = poolGeometry('max_pool2d_grad', x, attrs);
    wantShape('max_pool2d_grad', 'output', y, [g.batch, g.channels, g.outH, g.outW]);
    wantShape('max_pool2d_grad', 'grad', dy, y.shape);
    return { shape: x.shape, dtype: 'f32' };
  },
  // `output` is the true maximum in each sample: with any other the case would mean nothing.
  samples: (): Sample[] => [
    {
      name: 'first of equals',
      ins: [
        { shape: [1, 1, 2, 4], fill: [3, 1, 2, 2, 3, 0, 1, 2] },
        { shape: [1, 1, 1, 2], fill: [3, 2] },
        { shape: [1, 1, 1, 2] },
      ],
      attrs: { kernelSize: [2] },
    },
    {
      name: 'overlapping',
      ins: [
        { shape: [1, 1, 3, 3], fill: [1, 2, 3, 6, 9, 4, 7, 5, 8] },
        { shape: [1, 1, 2, 2], fill: [9, 9, 9, 9] },
        { shape: [1, 1, 2, 2] },
      ],
      attrs: { kernelSize: [3], stride: [2], padding: [1] },
    },
    {
      name: 'side by side',
      ins: [
        {
          shape: [1, 1, 3, 11],
          fill: [
            ...[1, 2, 4, 4, 0, 5, 7, 6, 1, 1, 9],
            ...[3, 0, 4, 4, 5, 5, 8, 8, 2, 0, 9],
            ...Array<number>(11).fill(9),
          ],
        },
        { shape: [1, 1, 1, 5], fill: [3, 4, 5, 8, 2] },
        { shape: [1, 1, 1, 5] },
      ],
      attrs: { kernelSize: [2] },
    },
  ],
});

type Geometry = ReturnType<typeof poolGeometry>;

const padded = (x: Tensor, g: Geometry, value: number) => pad(x, { pad: [g.padX, g.padX, g.padY, g.padY], value });

/** For each tap of the windows, row by row: 1 where it holds the window's first largest element, else 0. */
function* winners(x: Tensor, y: Tensor, g: Geometry): Generator<{ ky: number; kx: number; hit: Tensor }> {
  // Padding must never win: -3e38 stands for -infinity, which a masked product would turn into NaN.
  const map = padded(x, g, -3e38);
  let open = x.zoo.ones(y.shape);
  for (let ky = 0; ky < g.kH; ky++) {
    for (let kx = 0; kx < g.kW; kx++) {
      const hit = mul(where(eq(tapOf(map, g, ky, kx), y), x.zoo.ones([]), 0), open);
      open = sub(open, hit);
      yield { ky, kx, hit };
    }
  }
}

implement(maxPool2dGrad, {
  composite([x, y, dy], attrs) {
    const g = poolGeometry('max_pool2d_grad', x, attrs);
    const [height, width] = [g.inH + 2 * g.padY, g.inW + 2 * g.padX];
    let dx = x.zoo.zeros([g.batch, g.channels, height, width]);
    for (const { ky, kx, hit } of winners(x, y, g)) dx = add(dx, spreadTap(mul(hit, dy), g, ky, kx, height, width));
    return pad(dx, { pad: [-g.padX, -g.padX, -g.padY, -g.padY] });
  },
  // Linear in the gradient; which element won does not change with it.
  vjp: ({ ins: [x, y], grads: [gg], attrs }) => {
    const g = poolGeometry('max_pool2d_grad', x, attrs);
    const map = padded(gg!, g, 0);
    let total = x.zoo.zeros(y.shape);
    for (const { ky, kx, hit } of winners(x, y, g)) total = add(total, mul(hit, tapOf(map, g, ky, kx)));
    return [undefined, undefined, total];
  },
});

/** The transpose of `tapOf`: values of the windows back to their places in a map of zeros. */
function spreadTap(t: Tensor, g: Geometry, ky: number, kx: number, height: number, width: number): Tensor {
  const { batch, channels, outH, outW, strideY, strideX } = g;
  const spaced = pad(reshape(t, { shape: [batch, channels, outH, 1, outW, 1] }), {
    pad: [0, strideX - 1, 0, 0, 0, strideY - 1],
  });
  const map = reshape(spaced, { shape: [batch, channels, outH * strideY, outW * strideX] });
  return pad(map, { pad: [kx, width - kx - outW * strideX, ky, height - ky - outH * strideY] });
}

/** Gradient of `avgPool2d`: a transposed convolution, one channel at a time, with a kernel of equal weights. */
export function avgPool2dVjp(x: Tensor, dy: Tensor, attrs: PoolAttrs): Tensor {
  const g = poolGeometry('avg_pool2d', x, attrs);
  const kernel = x.zoo.full([1, 1, g.kH, g.kW], 1 / (g.kH * g.kW));
  const planes = reshape(dy, { shape: [g.batch * g.channels, 1, g.outH, g.outW] });
  const conv = { stride: [g.strideY, g.strideX], padding: [g.padY, g.padX], inputSize: [g.inH, g.inW] };
  return reshape(conv2dInputGrad(planes, kernel, conv), { shape: x.shape });
}

/** Gradient of `interpolate`, which is a product with one matrix per axis. */
export function interpolateVjp(x: Tensor, dy: Tensor, mode: 'nearest' | 'bilinear' | 'bicubic'): Tensor {
  const [inH, inW] = x.shape.slice(2) as [number, number];
  const [outH, outW] = dy.shape.slice(2) as [number, number];
  const rows = x.zoo.tensor(resizeMatrix(inH, outH, mode), { shape: [outH, inH] });
  const columns = x.zoo.tensor(resizeMatrix(inW, outW, mode), { shape: [outW, inW] });
  return matmul(matmul(rows, dy, { transposeA: true }), columns);
}

/** Weight of each input position in each output position along one axis, [out, in] row-major, `align_corners=False`. */
function resizeMatrix(inputs: number, outputs: number, mode: 'nearest' | 'bilinear' | 'bicubic'): Float32Array {
  const matrix = new Float32Array(inputs * outputs);
  const put = (o: number, at: number, weight: number) => {
    matrix[o * inputs + Math.min(Math.max(at, 0), inputs - 1)]! += weight;
  };
  for (let o = 0; o < outputs; o++) {
    const centre = ((o + 0.5) * inputs) / outputs - 0.5;
    if (mode === 'nearest') put(o, Math.floor((o * inputs) / outputs), 1);
    else if (mode === 'bilinear') {
      const from = Math.max(centre, 0);
      const low = Math.floor(from);
      put(o, low, 1 - (from - low));
      put(o, low + 1, from - low);
    } else {
      const low = Math.floor(centre);
      for (let k = -1; k <= 2; k++) put(o, low + k, cubic(centre - low - k));
    }
  }
  return matrix;
}

/** Keys' cubic with PyTorch's a = -0.75. */
function cubic(distance: number): number {
  const a = -0.75;
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}
