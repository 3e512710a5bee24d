import { argmax as argmaxOp, cumsum as cumsumOp, defineKernel } from '@paperzoo/core';
import type { GpuContext } from '../context';
import { defineGpuKernel } from '../define-gpu-kernel';
import type { Slot } from '../slot';
import { viewAlong } from './view';

interface DimAttrs {
  readonly dim: number;
}

/** The first of equals; what is not a number counts as largest. */
const argmax = defineGpuKernel<DimAttrs>(argmaxOp, {
  source: /* js */ `function (x) {
    const outer = quotient(this.thread.x, this.constants.inner);
    const at = outer * this.constants.K * this.constants.inner + this.thread.x - outer * this.constants.inner;
    let best = x[at];
    let which = 0;
    for (let k = 1; k < this.constants.K; k++) {
      const v = x[at + k * this.constants.inner];
      if (outranks(v, best) == 1) { best = v; which = k; }
    }
    return which;
  }`,
  constants([x], _out, { dim }) {
    const { K, inner } = viewAlong('argmax', x, dim);
    return { K, inner };
  },
});

/** Doubles the reach of each sum per pass (Hillis and Steele), which also keeps rounding at log₂ K additions. */
const cumsum = defineKernel<Slot, GpuContext>(cumsumOp, {
  id: 'cumsum/gpujs',
  device: 'gpujs',
  run(context, [x], [out], { dim }: DimAttrs) {
    const { K, inner } = viewAlong('cumsum', x, dim);
    const source = /* js */ `function (x) {
    const k = remainder(quotient(this.thread.x, this.constants.inner), this.constants.K);
    let sum = x[this.thread.x];
    if (k >= this.constants.reach) { sum += x[this.thread.x - this.constants.reach * this.constants.inner]; }
    return sum;
  }`;
    let from = x!.buffer;
    for (let reach = 1; ; reach *= 2) {
      const to = 2 * reach >= K ? out!.buffer : context.scratch(x!.size);
      context.launch(to, [from], { source, constants: { K, inner, reach } });
      if (2 * reach >= K) return;
      from = to;
    }
  },
});

export const alongKernels = [argmax, cumsum];
