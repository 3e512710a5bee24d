import * as core from '@paperzoo/core';
import { defineGpuKernel } from '../define-gpu-kernel';

type Attrs = Parameters<typeof core.poolGeometry>[2];

/** Windows that overlap the border count what is inside; `seen` numbers the elements met so far. */
const pool = (op: core.Op, take: string, finish: string) =>
  defineGpuKernel<Attrs>(op, {
    source: /* js */ `function (x) {
    const line = quotient(this.thread.x, this.constants.outW);
    const ox = this.thread.x - line * this.constants.outW;
    const plane = quotient(line, this.constants.outH);
    const oy = line - plane * this.constants.outH;
    let so = 0;
    let seen = 0;
    for (let i = 0; i < this.constants.kH; i++) {
      const iy = oy * this.constants.strideY - this.constants.padY + i;
      if (iy >= 0 && iy < this.constants.inH) {
        for (let j = 0; j < this.constants.kW; j++) {
          const ix = ox * this.constants.strideX - this.constants.padX + j;
          if (ix >= 0 && ix < this.constants.inW) {
            const v = x[(plane * this.constants.inH + iy) * this.constants.inW + ix];
            ${take}
            seen += 1;
          }
        }
      }
    }
    return ${finish};
  }`,
    constants([x], _out, attrs) {
      const { inH, inW, outH, outW, kH, kW, strideY, strideX, padY, padX } = core.poolGeometry(op.name, x!, attrs);
      return { inH, inW, outH, outW, kH, kW, strideY, strideX, padY, padX };
    },
  });

export const poolKernels = [
  pool(core.maxPool2d, 'if (seen == 0) { so = v; } else { if (outranks(v, so) == 1) { so = v; } }', 'so'),
  pool(core.avgPool2d, 'so += v;', 'so / (this.constants.kH * this.constants.kW)'),
];
