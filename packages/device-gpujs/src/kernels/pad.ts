import { defineKernel, pad as padOp, padOf } from '@paperzoo/core';
import type { GpuContext } from '../context';
import type { Slot } from '../slot';
import { stridesOf } from '../text/strided';

interface PadAttrs {
  readonly pad: readonly number[];
  readonly mode: 'constant' | 'reflect';
  readonly value: number;
}

/** Axis by axis: where the input has the element that belongs here, or that it has none. */
const pad = defineKernel<Slot, GpuContext>(padOp, {
  id: 'pad/gpujs',
  device: 'gpujs',
  dtypes: 'any',
  run(context, [input], [out], { pad: amounts, mode, value }: PadAttrs) {
    const [x, y] = [input!.shape, out!.shape];
    const [xStrides, yStrides] = [stridesOf(x), stridesOf(y)];
    const constants: Record<string, number> = {};
    const steps = x.map((n, i) => {
      Object.assign(constants, {
        [`n${i}`]: n,
        [`before${i}`]: padOf(amounts, x.length, i)[0],
        [`x${i}`]: xStrides[i]!,
        [`y${i}`]: yStrides[i]!,
      });
      const mirrored = `
    if (at${i} < 0) { at${i} = -at${i}; }
    if (at${i} >= this.constants.n${i}) { at${i} = 2 * (this.constants.n${i} - 1) - at${i}; }`;
      return `
    const q${i} = quotient(rest, this.constants.y${i});
    rest = rest - q${i} * this.constants.y${i};
    let at${i} = q${i} - this.constants.before${i};${mode === 'reflect' ? mirrored : ''}
    if (at${i} < 0) { inside = 0; }
    if (at${i} >= this.constants.n${i}) { inside = 0; }
    from += at${i} * this.constants.x${i};`;
    });
    // The value comes in an array, because it may be infinite and then no text could state it.
    const source = /* js */ `function (x, value) {
    let rest = 0;
    rest += this.thread.x;
    let inside = 1;
    let from = 0;${steps.join('')}
    if (inside == 0) { return value[0]; }
    return x[from];
  }`;
    context.launch(out!.buffer, [input!.buffer, context.values(value)], { source, constants });
  },
});

export const padKernels = [pad];
