// The gated norm of a head and its gradient: a workgroup per row, or one invocation where rows are short.
//
//   r = 1 / √(mean x² + eps)    x̂ = r x    a = activation(g)    y = x̂ ⊙ w ⊙ a
//   e = dy ⊙ a ⊙ w    dx = r (e - x̂ mean(e ⊙ x̂))    dg = dy ⊙ x̂ ⊙ w ⊙ activation'(g)    dw = Σ_rows dy ⊙ a ⊙ x̂
import { defineKernel } from '@paperzoo/core';
import type { Program, WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import type { GateActivation } from '../../ops/gate-activation';
import { rmsNormGated } from '../../ops/rms-norm-gated';
import { rmsNormGatedGrad } from '../../ops/rms-norm-gated-grad';
import { sumRows } from './fold';
import { f32, handles, LANES } from './frame';

/** From this width on, lanes share a row. */
const WIDE = 33;

interface Form {
  readonly wide: boolean;
  readonly weight: boolean;
}

/** `each(code)` runs for every place `at` of the row with its column `j`; `sum(x)` is the row's sum of what the lanes hold. */
function rowFrame({ wide, weight }: Form) {
  const loop = wide ? `for (var j = lane; j < p.n; j += ${LANES}u)` : 'for (var j = 0u; j < p.n; j++)';
  return {
    kind: wide ? 'groups' : 'elements',
    lanes: LANES,
    uses: ['sigmoidf', 'rootf', 'laneSum'],
    params: ['n', 'eps:f32', 'swish'],
    start: `let start = ${wide ? 'group' : 'i'} * p.n;`,
    each: (code: string) => `${loop} { let at = start + j; ${code} }`,
    sum: (name: string) => (wide ? `laneSum(lane, ${name})` : name),
    w: weight ? 'weight[j]' : '1.0',
  } as const;
}

/** `a`, the activated gate. */
const GATE = 'let s = sigmoidf(gs[at]); let a = select(s, gs[at] * s, p.swish == 1u);';

function forwardProgram(form: Form): Program {
  const { start, each, sum, w, ...frame } = rowFrame(form);
  return {
    ...frame,
    ins: f32('xs', 'gs', form.weight && 'weight'),
    outs: f32('ys'),
    body: `${start}
  var squares = 0.0;
  ${each('squares += xs[at] * xs[at];')}
  let r = rootf(${sum('squares')} / f32(p.n) + p.eps);
  ${each(`${GATE} ys[at] = xs[at] * r * ${w} * a;`)}`,
  };
}

function backwardProgram(form: Form): Program {
  const { start, each, sum, w, ...frame } = rowFrame(form);
  return {
    ...frame,
    ins: f32('xs', 'gs', 'dys', form.weight && 'weight'),
    outs: f32('dxs', 'dgs', 'dws'),
    body: `${start}
  var squares = 0.0;
  ${each('squares += xs[at] * xs[at];')}
  let r = rootf(${sum('squares')} / f32(p.n) + p.eps);
  var along = 0.0;
  ${each(`${GATE} let x = xs[at] * r; let d = dys[at] * a; dws[at] = d * x; along += d * ${w} * x;`)}
  let mean = ${sum('along')} / f32(p.n);
  ${each(`${GATE} let x = xs[at] * r; let w = ${w};
    dxs[at] = r * (dys[at] * a * w - x * mean);
    dgs[at] = dys[at] * x * w * select(s * (1.0 - s), s * (gs[at] * (1.0 - s) + 1.0), p.swish == 1u);`)}`,
  };
}

interface NormAttrs {
  readonly eps: number;
  readonly activation: GateActivation;
}
const values = (n: number, { eps, activation }: NormAttrs) => [n, eps, Number(activation === 'swish')];

const forward = defineKernel<WebgpuHandle, WebgpuContext>(rmsNormGated, {
  id: 'gla.rms_norm_gated/webgpu',
  device: 'webgpu',
  run(ctx, [x, g, weight], [y], attrs: NormAttrs) {
    const n = y!.shape.at(-1)!;
    const form = { wide: n >= WIDE, weight: weight !== undefined };
    ctx.dispatch(`gla.gated_norm/${form.wide}/${form.weight}`, () => forwardProgram(form), {
      ins: handles(x, g, weight),
      outs: handles(y),
      params: values(n, attrs),
      size: y!.size / n,
    });
  },
});

const backward = defineKernel<WebgpuHandle, WebgpuContext>(rmsNormGatedGrad, {
  id: 'gla.rms_norm_gated_grad/webgpu',
  device: 'webgpu',
  run(ctx, [x, g, dy, weight], [dx, dg, dw], attrs: NormAttrs) {
    const n = dw!.size;
    const rows = dx!.size / n;
    const form = { wide: n >= WIDE, weight: weight !== undefined };
    const parts = ctx.scratch(dx!.size);
    ctx.dispatch(`gla.gated_norm_grad/${form.wide}/${form.weight}`, () => backwardProgram(form), {
      ins: handles(x, g, dy, weight),
      outs: [...handles(dx, dg), parts],
      params: values(n, attrs),
      size: rows,
    });
    sumRows(ctx, parts, dw!.buffer, rows, n);
  },
});

export const gatedNormKernels = [forward, backward];
