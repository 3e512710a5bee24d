// Gradients of layer norm and RMS norm. With x̂ = (x - mean) · r, g = dy · weight and means over a row:
//
//   dx = r · (g - mean(g) - x̂ · mean(g · x̂))    dw = Σ dy · x̂    db = Σ dy     sums over rows; RMS norm has neither mean(g) nor db
//
// The first pass goes along rows and leaves what it found of each; the second goes down columns, some rows at a time.
import { layerNormGrad, rmsNormGrad, type Op } from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg, type WebgpuContext, type WebgpuHandle } from '../context';
import type { Program } from '../gpu/program';
import { rootf } from '../wgsl/math';
import { foldAxis } from './reduce';
import { isShared, rowProgram } from './rows';

/** dx, and r and the mean of every row. */
const alongRows = (shared: boolean, centred: boolean, weight: boolean): Program =>
  rowProgram(
    shared,
    {
      ins: [['xs', 'f32'], ['dys', 'f32'], ...(weight ? [['weight', 'f32'] as const] : [])],
      outs: [
        ['dxs', 'f32'],
        ['scales', 'f32'],
        ['means', 'f32'],
      ],
      params: ['eps:f32'],
      uses: [rootf],
    },
    ({ each, sum }) => `let count = f32(p.n);
  var mean = 0.0;
  ${centred ? `var part = 0.0; ${each('part += xs[at];')} mean = ${sum('part')} / count;` : ''}
  var squares = 0.0;
  ${each('let d = xs[at] - mean; squares += d * d;')}
  let scale = rootf(${sum('squares')} / count + p.eps);
  var gs = 0.0;
  var gxs = 0.0;
  ${each(`let g = dys[at]${weight ? ' * weight[j]' : ''}; gs += g; gxs += g * ((xs[at] - mean) * scale);`)}
  ${centred ? `let meanG = ${sum('gs')} / count;` : 'let meanG = 0.0;'}
  let meanGx = ${sum('gxs')} / count;
  ${each(`let g = dys[at]${weight ? ' * weight[j]' : ''}; dxs[at] = scale * ((g - meanG) - ((xs[at] - mean) * scale) * meanGx);`)}
  if (first) { scales[row] = scale; means[row] = mean; }`,
  );

/** One invocation per column and per run of rows. */
const downColumns = (centred: boolean): Program => ({
  ins: [
    ['xs', 'f32'],
    ['dys', 'f32'],
    ['scales', 'f32'],
    ['means', 'f32'],
  ],
  outs: [['dws', 'f32'], ...(centred ? [['dbs', 'f32'] as const] : [])],
  params: ['n', 'rows', 'part'],
  body: `let column = i % p.n;
  let start = (i / p.n) * p.part;
  var dw = 0.0;
  var db = 0.0;
  for (var row = start; row < min(p.rows, start + p.part); row++) {
    let dy = dys[row * p.n + column];
    dw += dy * ((xs[row * p.n + column] - means[row]) * scales[row]);
    db += dy;
  }
  dws[i] = dw;
  ${centred ? 'dbs[i] = db;' : ''}`,
});

/** Rows that one invocation adds up. */
const PART = 64;

function run(ctx: WebgpuContext, ins: readonly (WebgpuArg | undefined)[], outs: readonly WebgpuArg[], eps: number) {
  const [x, dy, weight] = ins as [WebgpuArg, WebgpuArg, WebgpuArg?];
  const [dx, ...sums] = outs as [WebgpuArg, WebgpuArg, WebgpuArg?];
  const centred = sums.length > 1;
  const n = sums[0].size;
  const rows = x.size / n;
  const shared = isShared(n, 1);
  const found = [ctx.scratch(rows), ctx.scratch(rows)];
  const key = `norm grad rows/${shared}/${centred}/${weight !== undefined}`;
  ctx.dispatch(key, () => alongRows(shared, centred, weight !== undefined), {
    ins: [x, dy, weight].flatMap((t) => t?.buffer ?? []),
    outs: [dx.buffer, ...found],
    params: [n, 1, eps],
    size: rows,
  });
  const parts = rows <= 2 * PART ? 1 : Math.ceil(rows / PART);
  const to: WebgpuHandle[] = sums.map((t) => (parts > 1 ? ctx.scratch(parts * n) : t!.buffer));
  ctx.dispatch(`norm grad columns/${centred}`, () => downColumns(centred), {
    ins: [x.buffer, dy.buffer, ...found],
    outs: to,
    params: [n, rows, parts > 1 ? PART : rows],
    size: parts * n,
  });
  if (parts > 1) sums.forEach((t, k) => foldAxis(ctx, 'sum', to[k]!, t!.buffer, { outer: 1, n: parts, inner: n }));
}

export const normGradKernels = ([layerNormGrad, rmsNormGrad] as Op[]).map((op) =>
  webgpuKernel<{ eps: number }>(op, { run: (ctx, ins, outs, { eps }) => run(ctx, ins, outs, eps) }),
);
