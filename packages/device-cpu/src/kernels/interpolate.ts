import * as core from '@paperzoo/core';
import { cpuKernel } from '../values';

type Mode = 'nearest' | 'bilinear' | 'bicubic';
/** Which input positions an output position mixes, and how much of each; along one axis. */
type Tap = readonly (readonly [at: number, weight: number])[];

/** Cubic convolution with a = −0.75, at distance t of a tap. */
function cubic(t: number): number {
  const a = -0.75;
  const d = Math.abs(t);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

/** PyTorch's `align_corners=False`: pixel centres lie at halves, positions outside are clamped to the border. */
function taps(from: number, to: number, mode: Mode): Tap[] {
  const clamp = (at: number) => Math.min(Math.max(at, 0), from - 1);
  return Array.from({ length: to }, (_, i): Tap => {
    if (mode === 'nearest') return [[Math.floor((i * from) / to), 1]];
    const centre = ((i + 0.5) * from) / to - 0.5;
    if (mode === 'bilinear') {
      const at = Math.max(centre, 0);
      const low = Math.floor(at);
      return [
        [clamp(low), 1 - (at - low)],
        [clamp(low + 1), at - low],
      ];
    }
    const low = Math.floor(centre);
    return [-1, 0, 1, 2].map((k) => [clamp(low + k), cubic(centre - low - k)] as const);
  });
}

const interpolate = cpuKernel<{ mode: Mode }>(core.interpolate, ([x], y, { mode }) => {
  const [batch, channels, inH, inW] = x!.shape as readonly [number, number, number, number];
  const rows = taps(inH, y.shape[2]!, mode);
  const columns = taps(inW, y.shape[3]!, mode);
  let i = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const row of rows) {
      for (const column of columns) {
        let sum = 0;
        for (const [iy, wy] of row)
          for (const [ix, wx] of column) sum += wy * wx * x!.buffer[(plane * inH + iy) * inW + ix]!;
        y.buffer[i++] = sum;
      }
    }
  }
});

export const interpolateKernels = [interpolate];
