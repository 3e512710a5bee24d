import * as core from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg } from '../context';
import type { Program } from '../gpu/program';
import { expf, logf, rootf } from '../wgsl/math';
import { infinity } from '../wgsl/special';
import { around } from './indexing';
import { isShared, rowProgram } from './rows';

/** exp(x - top) / Σ, or x - top - log Σ. */
const softmaxProgram = (shared: boolean, log: boolean): Program =>
  rowProgram(
    shared,
    { ins: [['xs', 'f32']], outs: [['ys', 'f32']], params: [], uses: [expf, logf, infinity] },
    ({ each, sum, top }) => `var best = -infinity();
  ${each('best = maximum(best, xs[at]);')}
  let highest = ${top('best')};
  var part = 0.0;
  ${each(log ? 'part += expf(xs[at] - highest);' : 'let e = expf(xs[at] - highest); ys[at] = e; part += e;')}
  let total = ${sum('part')};
  ${log ? `let shift = logf(total); ${each('ys[at] = (xs[at] - highest) - shift;')}` : each('ys[at] = ys[at] / total;')}`,
  );

const softmaxes = ([core.softmax, core.logSoftmax] as core.Op[]).map((op) =>
  webgpuKernel<{ dim: number }>(op, {
    programs: () => [[`${op.name}/true`, softmaxProgram(true, op === core.logSoftmax)]],
    run(ctx, [x], [y], { dim }) {
      const { outer, n, inner } = around(x!, core.axis(op.name, x!.shape.length, dim));
      const shared = isShared(n, inner);
      ctx.dispatch(`${op.name}/${shared}`, () => softmaxProgram(shared, op === core.logSoftmax), {
        ins: [x!.buffer],
        outs: [y!.buffer],
        params: [n, inner],
        size: outer * inner,
      });
    },
  }),
);

interface Affine {
  readonly weight: boolean;
  readonly bias: boolean;
}

/** Layer norm, or with `centred` false RMS norm. */
const normProgram = (shared: boolean, centred: boolean, { weight, bias }: Affine): Program =>
  rowProgram(
    shared,
    {
      ins: [
        ['xs', 'f32'],
        ...(weight ? [['weight', 'f32'] as const] : []),
        ...(bias ? [['bias', 'f32'] as const] : []),
      ],
      outs: [['ys', 'f32']],
      params: ['eps:f32'],
      uses: [rootf],
    },
    ({ each, sum }) => `var mean = 0.0;
  ${centred ? `var part = 0.0; ${each('part += xs[at];')} mean = ${sum('part')} / f32(p.n);` : ''}
  var squares = 0.0;
  ${each('let d = xs[at] - mean; squares += d * d;')}
  let scale = rootf(${sum('squares')} / f32(p.n) + p.eps);
  ${each(`ys[at] = (xs[at] - mean) * scale${weight ? ' * weight[j]' : ''}${bias ? ' + bias[j]' : ''};`)}`,
  );

function norm<Attrs extends { readonly eps: number }>(
  op: core.Op,
  centred: boolean,
  length: (x: WebgpuArg, attrs: Attrs) => number,
) {
  return webgpuKernel<Attrs>(op, {
    run(ctx, [x, weight, bias], [y], attrs) {
      const n = length(x!, attrs);
      const shared = isShared(n, 1);
      const affine = { weight: weight !== undefined, bias: bias !== undefined };
      const key = `${op.name}/${shared}/${affine.weight}/${affine.bias}`;
      ctx.dispatch(key, () => normProgram(shared, centred, affine), {
        ins: [x, weight, bias].flatMap((t) => t?.buffer ?? []),
        outs: [y!.buffer],
        params: [n, 1, attrs.eps],
        size: y!.size / n,
      });
    },
  });
}

const layerNorm = norm<{ eps: number; normalizedShape: readonly number[] }>(core.layerNorm, true, (_, attrs) =>
  attrs.normalizedShape.reduce((a, b) => a * b, 1),
);
const rmsNorm = norm<{ eps: number }>(core.rmsNorm, false, (x) => x.shape.at(-1)!);

export const normKernels = [...softmaxes, layerNorm, rmsNorm];
