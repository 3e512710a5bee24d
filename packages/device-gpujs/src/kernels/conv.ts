import * as core from '@paperzoo/core';
import type { Activation, Spec } from '@paperzoo/core';
import { defineGpuKernel } from '../define-gpu-kernel';
import { ACTIVATION_TEXTS } from '../text/activations';

type ConvAttrs = Parameters<typeof core.convGeometry>[3] & { readonly activation?: Activation };

/** Optional inputs that come after input and weight, in the order of the op. */
interface Company {
  readonly bias?: Spec | undefined;
  readonly residual?: Spec | undefined;
  readonly gate?: Spec | undefined;
}

/**
 * One output element: over the input channels c of its group and the kernel's positions (i, j), weight times input. Letters as in
 * PyTorch's documentation; `xC`, `xY`, `xX` are the input's distances between channels, rows and columns, which is all that differs between
 * layouts. Sums run per channel first, which keeps rounding small.
 */
const convolution = ({ bias, residual, gate }: Company, activation: Activation, channelsLast: boolean) => {
  const parameters = ['x', 'w', bias && 'bias', residual && 'residual', gate && 'gate'].filter(Boolean).join(', ');
  const place = channelsLast
    ? `
    const pixel = quotient(this.thread.x, this.constants.outC);
    const o = this.thread.x - pixel * this.constants.outC;
    const line = quotient(pixel, this.constants.outW);
    const ox = pixel - line * this.constants.outW;
    const b = quotient(line, this.constants.outH);
    const oy = line - b * this.constants.outH;`
    : `
    const line = quotient(this.thread.x, this.constants.outW);
    const ox = this.thread.x - line * this.constants.outW;
    const plane = quotient(line, this.constants.outH);
    const oy = line - plane * this.constants.outH;
    const b = quotient(plane, this.constants.outC);
    const o = plane - b * this.constants.outC;`;
  return /* js */ `function (${parameters}) {${place}
    const firstC = quotient(o, this.constants.outPerGroup) * this.constants.inPerGroup;
    let sum = 0;
    for (let c = 0; c < this.constants.inPerGroup; c++) {
      const xAt = b * this.constants.xB + (firstC + c) * this.constants.xC;
      const wAt = (o * this.constants.inPerGroup + c) * this.constants.kHkW;
      let part = 0;
      for (let i = 0; i < this.constants.kH; i++) {
        const iy = oy * this.constants.strideY - this.constants.padY + i * this.constants.dilationY;
        if (iy >= 0 && iy < this.constants.inH) {
          for (let j = 0; j < this.constants.kW; j++) {
            const ix = ox * this.constants.strideX - this.constants.padX + j * this.constants.dilationX;
            if (ix >= 0 && ix < this.constants.inW) {
              part += w[wAt + i * this.constants.kW + j] * x[xAt + iy * this.constants.xY + ix * this.constants.xX];
            }
          }
        }
      }
      sum += part${gate ? ' * gate[b * this.constants.inC + firstC + c]' : ''};
    }
    ${bias ? 'sum += bias[o];' : ''}
    ${residual ? 'sum += residual[this.thread.x];' : ''}
    const v = sum;
    return ${ACTIVATION_TEXTS[activation]};
  }`;
};

function sizes(op: string, x: Spec, w: Spec, attrs: ConvAttrs, channelsLast: boolean): Record<string, number> {
  const { batch: _batch, groups, ...g } = core.convGeometry(op, x, w, attrs, channelsLast);
  const [xC, xY, xX] = channelsLast ? [1, g.inW * g.inC, g.inC] : [g.inH * g.inW, g.inW, 1];
  const grouped = { inPerGroup: g.inC / groups, outPerGroup: g.outC / groups };
  return { ...g, ...grouped, kHkW: g.kH * g.kW, xB: g.inC * g.inH * g.inW, xC, xY, xX };
}

const conv2d = defineGpuKernel<ConvAttrs>(core.conv2d, {
  source: ([, , bias]) => convolution({ bias }, 'none', false),
  constants: ([x, w], _out, attrs) => sizes('conv2d', x!, w!, attrs, false),
});

const conv2dNhwc = defineGpuKernel<ConvAttrs>(core.conv2dNhwc, {
  source: ([, , bias, residual, gate], _out, { activation = 'none' }) =>
    convolution({ bias, residual, gate }, activation, true),
  constants: ([x, w], _out, attrs) => sizes('conv2d_nhwc', x!, w!, attrs, true),
});

export const convKernels = [conv2d, conv2dNhwc];
