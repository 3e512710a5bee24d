import * as core from '@paperzoo/core';
import { defineKernel, type Spec } from '@paperzoo/core';
import type { GpuContext } from '../context';
import type { Slot } from '../slot';
import { strided, stridesOf } from '../text/strided';

interface Attrs {
  readonly dim: number;
}

/** What stands where an index leads nowhere. */
const nothing = ({ dtype }: Spec) => (dtype === 'f32' ? NaN : 0);

const gather = defineKernel<Slot, GpuContext>(core.gather, {
  id: 'gather/gpujs',
  device: 'gpujs',
  dtypes: 'any',
  run(context, [x, index], [out], attrs: Attrs) {
    const dim = core.axis('gather', x!.shape.length, attrs.dim);
    const strides = stridesOf(x!.shape);
    const { lines, constants } = strided(out!.shape, { x: { strides: strides.map((s, i) => (i === dim ? 0 : s)) } });
    const source = /* js */ `function (x, index, nothing) {
    ${lines}
    const k = index[this.thread.x];
    if (k < 0) { return nothing[0]; }
    if (k >= this.constants.K) { return nothing[0]; }
    return x[xAt + k * this.constants.step];
  }`;
    context.launch(out!.buffer, [x!.buffer, index!.buffer, context.values(nothing(x!))], {
      source,
      constants: { ...constants, K: x!.shape[dim]!, step: strides[dim]! },
    });
  },
});

/** x as [outer, K, inner], of which rows of length inner are taken. */
const indexSelect = defineKernel<Slot, GpuContext>(core.indexSelect, {
  id: 'index_select/gpujs',
  device: 'gpujs',
  dtypes: 'any',
  run(context, [x, index], [out], attrs: Attrs) {
    const dim = core.axis('index_select', x!.shape.length, attrs.dim);
    const source = /* js */ `function (x, index, nothing) {
    const row = quotient(this.thread.x, this.constants.inner);
    const i = this.thread.x - row * this.constants.inner;
    const outer = quotient(row, this.constants.count);
    const k = index[row - outer * this.constants.count];
    if (k < 0) { return nothing[0]; }
    if (k >= this.constants.K) { return nothing[0]; }
    return x[(outer * this.constants.K + k) * this.constants.inner + i];
  }`;
    context.launch(out!.buffer, [x!.buffer, index!.buffer, context.values(nothing(x!))], {
      source,
      constants: { inner: stridesOf(x!.shape)[dim]!, K: x!.shape[dim]!, count: index!.size },
    });
  },
});

/** Each element of the result looks for the sources that go to it, in their order: no two threads write to one place. */
const scatterAdd = defineKernel<Slot, GpuContext>(core.scatterAdd, {
  id: 'scatter_add/gpujs',
  device: 'gpujs',
  dtypes: 'any',
  run(context, [x, index, src], [out], attrs: Attrs) {
    const { shape } = x!;
    const dim = core.axis('scatter_add', shape.length, attrs.dim);
    const [xStrides, iStrides, sStrides] = [x!, index!, src!].map((t) => stridesOf(t.shape));
    const constants: Record<string, number> = {
      K: index!.shape[dim]!,
      indexStep: iStrides![dim]!,
      srcStep: sStrides![dim]!,
    };
    const steps = shape.map((_, i) => {
      Object.assign(constants, { [`x${i}`]: xStrides![i]! });
      const found = `
    const c${i} = quotient(rest, this.constants.x${i});
    rest = rest - c${i} * this.constants.x${i};`;
      if (i === dim) return found;
      Object.assign(constants, { [`i${i}`]: iStrides![i]!, [`s${i}`]: sStrides![i]!, [`n${i}`]: index!.shape[i]! });
      return `${found}
    if (c${i} >= this.constants.n${i}) { covered = 0; }
    indexAt += c${i} * this.constants.i${i};
    srcAt += c${i} * this.constants.s${i};`;
    });
    const source = /* js */ `function (x, index, src) {
    let rest = 0;
    rest += this.thread.x;
    let covered = 1;
    let indexAt = 0;
    let srcAt = 0;${steps.join('')}
    let sum = x[this.thread.x];
    if (covered == 1) {
      for (let j = 0; j < this.constants.K; j++) {
        if (index[indexAt + j * this.constants.indexStep] == c${dim}) { sum += src[srcAt + j * this.constants.srcStep]; }
      }
    }
    return sum;
  }`;
    context.launch(out!.buffer, [x!.buffer, index!.buffer, src!.buffer], { source, constants });
  },
});

export const gatherKernels = [gather, indexSelect, scatterAdd];
