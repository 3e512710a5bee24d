import * as core from '@paperzoo/core';
import { cpuKernel } from '../values';

type Attrs = Parameters<typeof core.poolGeometry>[2];

/** Each op: where it starts, what it does with one more element, and what it makes of the result of a window of `n` places. */
const pools: readonly (readonly [
  core.Op,
  number,
  (so: number, x: number) => number,
  (so: number, n: number) => number,
])[] = [
  [core.maxPool2d, -Infinity, Math.max, (so) => so],
  [core.avgPool2d, 0, (so, x) => so + x, (so, n) => so / n],
];

export const poolKernels = pools.map(([op, start, fold, finish]) =>
  cpuKernel<Attrs>(op, ([x], y, attrs) => {
    const g = core.poolGeometry(op.name, x!, attrs);
    let i = 0;
    for (let plane = 0; plane < g.batch * g.channels; plane++) {
      for (let oy = 0; oy < g.outH; oy++) {
        for (let ox = 0; ox < g.outW; ox++) {
          let so = start;
          for (let ky = 0; ky < g.kH; ky++) {
            for (let kx = 0; kx < g.kW; kx++) {
              const iy = oy * g.strideY - g.padY + ky;
              const ix = ox * g.strideX - g.padX + kx;
              if (iy >= 0 && iy < g.inH && ix >= 0 && ix < g.inW)
                so = fold(so, x!.buffer[(plane * g.inH + iy) * g.inW + ix]!);
            }
          }
          y.buffer[i++] = finish(so, g.kH * g.kW);
        }
      }
    }
  }),
);
