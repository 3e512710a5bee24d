import * as core from '@paperzoo/core';
import { wasmKernel } from './kernels-module';
import { COSTLY_GRAIN, rowGrain } from './layout';

type PoolAttrs = Parameters<typeof core.poolGeometry>[2];

const pools = [core.maxPool2d, core.avgPool2d].map((op: core.Op, average) =>
  wasmKernel<PoolAttrs>(op, ['f32'], (ctx, [x], y, attrs) => {
    const g = core.poolGeometry(op.name, x!, attrs);
    const sizes = [g.inH, g.inW, g.outH, g.outW, g.kH, g.kW, g.strideY, g.strideX, g.padY, g.padX];
    const grain = rowGrain(g.outH * g.outW * g.kH * g.kW, COSTLY_GRAIN);
    ctx.parallel('pool', g.batch * g.channels, grain, average, ...sizes, x!.buffer, y.buffer);
  }),
);

const maxGrad = wasmKernel<PoolAttrs>(core.maxPool2dGrad, ['f32'], (ctx, [x, y, dy], dx, attrs) => {
  const g = core.poolGeometry('max_pool2d_grad', x!, attrs);
  const sizes = [g.inH, g.inW, g.outH, g.outW, g.kH, g.kW, g.strideY, g.strideX, g.padY, g.padX];
  const grain = rowGrain(g.outH * g.outW * g.kH * g.kW, COSTLY_GRAIN);
  const at = [x!.buffer, y!.buffer, dy!.buffer, dx.buffer];
  ctx.parallel('maxPoolGrad', g.batch * g.channels, grain, ...sizes, ...at);
});

type Mode = 'nearest' | 'bilinear' | 'bicubic';
const TAPS = { nearest: 1, bilinear: 2, bicubic: 4 } as const;

/** Cubic convolution with a = −0.75 at distance t. */
function cubic(t: number): number {
  const d = Math.abs(t);
  return d <= 1 ? (1.25 * d - 2.25) * d * d + 1 : -0.75 * (((d - 5) * d + 8) * d - 4);
}

/** For each output position along one axis: input positions and weights, interleaved as the module reads them. */
function writeTaps(
  positions: Uint32Array,
  weights: Float32Array,
  at: number,
  from: number,
  to: number,
  mode: Mode,
): void {
  const count = TAPS[mode];
  const put = (i: number, k: number, position: number, weight: number) => {
    positions[at + 2 * (i * count + k)] = Math.min(Math.max(position, 0), from - 1);
    weights[at + 2 * (i * count + k) + 1] = weight;
  };
  for (let i = 0; i < to; i++) {
    // Pixel centres lie at halves (PyTorch's align_corners=False).
    const centre = ((i + 0.5) * from) / to - 0.5;
    const low = Math.floor(centre);
    if (mode === 'nearest') put(i, 0, Math.floor((i * from) / to), 1);
    else if (mode === 'bilinear') {
      put(i, 0, low, 1 - (centre - low));
      put(i, 1, low + 1, centre - low);
    } else for (let k = -1; k <= 2; k++) put(i, k + 1, low + k, cubic(centre - low - k));
  }
}

const interpolate = wasmKernel<{ mode: Mode }>(core.interpolate, ['f32'], (ctx, [x], y, { mode }) => {
  const [batch, channels, inH, inW] = x!.shape as readonly [number, number, number, number];
  const [outH, outW] = y.shape.slice(2) as [number, number];
  const taps = TAPS[mode];
  const tables = ctx.scratch(8 * taps * (outH + outW));
  const columns = tables + 8 * taps * outH;
  writeTaps(ctx.u32, ctx.f32, tables >>> 2, inH, outH, mode);
  writeTaps(ctx.u32, ctx.f32, columns >>> 2, inW, outW, mode);
  const grain = rowGrain(outH * outW * taps * taps, COSTLY_GRAIN);
  ctx.parallel('resample', batch * channels, grain, taps, inH, inW, outH, outW, tables, columns, x!.buffer, y.buffer);
});

export const poolKernels = [...pools, maxGrad, interpolate];
