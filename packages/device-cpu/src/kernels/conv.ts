import * as core from '@paperzoo/core';
import { cpuKernel } from '../values';

type Attrs = Parameters<typeof core.convGeometry>[3];

/** Each output plane is the bias plus, for every input channel and kernel position, the input plane shifted and weighted. */
const conv2d = cpuKernel<Attrs>(core.conv2d, ([x, w, bias], y, attrs) => {
  const g = core.convGeometry('conv2d', x!, w!, attrs, false);
  const inPerGroup = g.inC / g.groups;
  const outPerGroup = g.outC / g.groups;
  const plane = g.outH * g.outW;
  const sums = new Float64Array(plane);
  const X = x!.buffer;
  for (let b = 0; b < g.batch; b++) {
    for (let o = 0; o < g.outC; o++) {
      sums.fill(bias ? bias.buffer[o]! : 0);
      const firstIn = Math.floor(o / outPerGroup) * inPerGroup;
      for (let c = 0; c < inPerGroup; c++) {
        const from = (b * g.inC + firstIn + c) * g.inH * g.inW;
        for (let ky = 0; ky < g.kH; ky++) {
          for (let kx = 0; kx < g.kW; kx++) {
            const weight = w!.buffer[((o * inPerGroup + c) * g.kH + ky) * g.kW + kx]!;
            for (let oy = 0; oy < g.outH; oy++) {
              const iy = oy * g.strideY - g.padY + ky * g.dilationY;
              if (iy < 0 || iy >= g.inH) continue;
              for (let ox = 0; ox < g.outW; ox++) {
                const ix = ox * g.strideX - g.padX + kx * g.dilationX;
                if (ix >= 0 && ix < g.inW) sums[oy * g.outW + ox]! += weight * X[from + iy * g.inW + ix]!;
              }
            }
          }
        }
      }
      y.buffer.set(sums, (b * g.outC + o) * plane);
    }
  }
});

export const convKernels = [conv2d];
