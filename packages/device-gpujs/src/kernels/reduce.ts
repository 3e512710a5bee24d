import * as core from '@paperzoo/core';
import { defineKernel } from '@paperzoo/core';
import type { GpuContext, Launch } from '../context';
import type { Slot } from '../slot';
import type { View } from './view';

interface Fold {
  /** What nothing at all reduces to. */
  readonly start: string;
  /** Takes the element `v` into `so`. */
  readonly step: string;
  /** Takes the result of a piece, `so`, into `total`. */
  readonly join: string;
}

const adding: Fold = { start: '0', step: 'so += v;', join: 'total += so;' };
const multiplying: Fold = { start: '1', step: 'so *= v;', join: 'total *= so;' };

/** Pieces of √K elements, then their results: rounding grows with √K and not with K. */
function inPieces({ start, step, join }: Fold, { K, inner }: View): Launch {
  const length = Math.max(1, Math.ceil(Math.sqrt(K)));
  return {
    source: /* js */ `function (x) {
    const outer = quotient(this.thread.x, this.constants.inner);
    const at = outer * this.constants.K * this.constants.inner + this.thread.x - outer * this.constants.inner;
    let total = ${start};
    for (let piece = 0; piece < this.constants.pieces; piece++) {
      let so = ${start};
      for (let j = 0; j < this.constants.length; j++) {
        const k = piece * this.constants.length + j;
        if (k < this.constants.K) {
          const v = x[at + k * this.constants.inner];
          ${step}
        }
      }
      ${join}
    }
    return total;
  }`,
    constants: { K, inner, length, pieces: Math.ceil(K / length) },
  };
}

/** The first element, then whatever beats it; what is not a number is beaten by nothing and passes through the sum. */
function extremum(beats: string, { K, inner }: View): Launch {
  return {
    source: /* js */ `function (x) {
    const outer = quotient(this.thread.x, this.constants.inner);
    const at = outer * this.constants.K * this.constants.inner + this.thread.x - outer * this.constants.inner;
    let best = x[at];
    for (let k = 1; k < this.constants.K; k++) {
      const v = x[at + k * this.constants.inner];
      if (v ${beats} best) { best = v; } else {
        if (best ${beats} v) { best = best + 0; } else {
          if (v == best) { best = v; } else { best = v + best; }
        }
      }
    }
    return best;
  }`,
    constants: { K, inner },
  };
}

const scale = (factor: number): Launch => ({
  source: 'function (x) { return x[this.thread.x] * this.constants.factor; }',
  floats: { factor },
});

interface Attrs {
  readonly dim: readonly number[] | null;
}

/** Axes that lie side by side are reduced in one launch, others one after another, the innermost first. */
function reduceAxes(
  op: string,
  context: GpuContext,
  x: { readonly shape: readonly number[]; readonly buffer: Slot },
  out: Slot,
  dim: readonly number[] | null,
  launchOf: (view: View) => Launch,
): void {
  const dims = new Set(core.axes(op, x.shape.length, dim));
  // Runs of axes that are all kept or all reduced, as one axis each.
  const runs: { size: number; reduced: boolean }[] = [];
  x.shape.forEach((size, i) => {
    const last = runs.at(-1);
    if (last?.reduced === dims.has(i)) last.size *= size;
    else runs.push({ size, reduced: dims.has(i) });
  });
  if (!runs.some((run) => run.reduced)) runs.push({ size: 1, reduced: true });
  let from = x.buffer;
  for (;;) {
    const at = runs.map((run) => run.reduced).lastIndexOf(true);
    const product = (list: readonly { size: number }[]) => list.reduce((n, { size }) => n * size, 1);
    const [outer, inner] = [product(runs.slice(0, at)), product(runs.slice(at + 1))];
    const last = runs.findIndex((run) => run.reduced) === at;
    const to = last ? out : context.scratch(outer * inner);
    context.launch(to, [from], launchOf({ outer, K: runs[at]!.size, inner }));
    if (last) return;
    runs.splice(at, 1);
    from = to;
  }
}

const reduction = (op: core.Op, launchOf: (view: View) => Launch, dtypes: readonly core.DType[] = ['f32']) =>
  defineKernel<Slot, GpuContext>(op, {
    id: `${op.name}/gpujs`,
    device: 'gpujs',
    dtypes,
    run: (context, [x], [out], { dim }: Attrs) => reduceAxes(op.name, context, x!, out!.buffer, dim, launchOf),
  });

const mean = defineKernel<Slot, GpuContext>(core.mean, {
  id: 'mean/gpujs',
  device: 'gpujs',
  supports: ([x], { dim }: Attrs) =>
    core.axes('mean', x!.shape.length, dim).every((d) => x!.shape[d]! > 0) || 'the mean of nothing is not a number',
  run(context, [x], [out], { dim }: Attrs) {
    const sum = context.scratch(out!.size);
    reduceAxes('mean', context, x!, sum, dim, (view) => inPieces(adding, view));
    context.launch(out!.buffer, [sum], scale(out!.size / x!.size));
  },
});

export const reduceKernels = [
  reduction(core.sum, (view) => inPieces(adding, view)),
  reduction(core.prod, (view) => inPieces(multiplying, view)),
  reduction(core.amax, (view) => extremum('>', view)),
  reduction(core.amin, (view) => extremum('<', view)),
  mean,
];
