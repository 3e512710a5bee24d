import * as core from '@paperzoo/core';
import { defineGpuKernel } from '../define-gpu-kernel';

type Mode = 'nearest' | 'bilinear' | 'bicubic';

/**
 * Along one axis of `from` elements for `to` results: the position (i + ½) · from / to − ½ as a whole part and a rest, from whole
 * numbers, so that no rounding moves it over a pixel's edge.
 */
const position = (axis: string, i: string) => `
    const above${axis} = (2 * ${i} + 1) * this.constants.in${axis} - this.constants.out${axis};
    let low${axis} = quotient(above${axis}, 2 * this.constants.out${axis});
    let rest${axis} = (above${axis} - low${axis} * 2 * this.constants.out${axis}) / (2 * this.constants.out${axis});`;

const place = `
    const line = quotient(this.thread.x, this.constants.outW);
    const ox = this.thread.x - line * this.constants.outW;
    const plane = quotient(line, this.constants.outH);
    const oy = line - plane * this.constants.outH;
    const at = plane * this.constants.inH * this.constants.inW;`;

const nearest = /* js */ `function (x) {${place}
    const iy = quotient(oy * this.constants.inH, this.constants.outH);
    const ix = quotient(ox * this.constants.inW, this.constants.outW);
    return x[at + iy * this.constants.inW + ix];
  }`;

/** Mixes `taps` neighbours along each axis, from `first` on; positions outside are those of the border. */
const mixing = (
  first: number,
  taps: number,
  weight: (axis: string) => string,
  adjust: string,
) => /* js */ `function (x) {
    ${place}${position('H', 'oy')}${position('W', 'ox')}${adjust}
    let sum = 0;
    for (let i = 0; i < ${taps}; i++) {
      const weightH = ${weight('H')};
      const iy = Math.min(Math.max(lowH + i + ${first}, 0), this.constants.inH - 1);
      let part = 0;
      for (let j = 0; j < ${taps}; j++) {
        const weightW = ${weight('W').replace('(i', '(j')};
        const ix = Math.min(Math.max(lowW + j + ${first}, 0), this.constants.inW - 1);
        part += weightW * x[at + iy * this.constants.inW + ix];
      }
      sum += weightH * part;
    }
    return sum;
  }`;

// Positions before the first pixel's centre are that centre.
const clamped = ['H', 'W'].map(
  (a) => `
    if (low${a} < 0) { low${a} = 0; rest${a} = 0; }`,
);

const SOURCES: Readonly<Record<Mode, string>> = {
  nearest,
  bilinear: mixing(0, 2, (axis) => `Math.abs((i - 1) + rest${axis})`, clamped.join('')),
  bicubic: mixing(-1, 4, (axis) => `cubic((i - 1) - rest${axis})`, ''),
};

const interpolate = defineGpuKernel<{ mode: Mode }>(core.interpolate, {
  source: (_ins, _out, { mode }) => SOURCES[mode],
  constants: ([x], out) => ({
    inH: x!.shape[2]!,
    inW: x!.shape[3]!,
    outH: out.shape[2]!,
    outW: out.shape[3]!,
  }),
});

export const interpolateKernels = [interpolate];
