import * as core from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg, type WebgpuContext, type WebgpuHandle } from '../context';
import type { Program } from '../gpu/program';
import type { WgslFunction } from '../wgsl/functions';
import { infinity, isNan, maximum, minimum, nan } from '../wgsl/special';
import { around } from './indexing';
import { LANES } from '../wgsl/lanes';

interface Fold {
  readonly element: 'f32' | 'i32';
  readonly start: string;
  readonly join: string;
  readonly uses?: readonly WgslFunction[];
}

const FOLDS = {
  sum: { element: 'f32', start: '0.0', join: 'a + b' },
  whole: { element: 'i32', start: '0', join: 'a + b' },
  prod: { element: 'f32', start: '1.0', join: 'a * b' },
  amax: { element: 'f32', start: '-infinity()', join: 'maximum(a, b)', uses: [maximum, infinity] },
  amin: { element: 'f32', start: 'infinity()', join: 'minimum(a, b)', uses: [minimum, infinity] },
} as const satisfies Record<string, Fold>;
export type FoldName = keyof typeof FOLDS;

const finish = (f: Fold) =>
  f.element === 'f32' ? 'if (p.divisor != 1.0) { so = select(so / p.divisor, nan(), p.divisor == 0.0); }' : '';

/** One invocation per column and per run of `part` elements of it. */
const columnProgram = (f: Fold): Program => ({
  ins: [['xs', f.element]],
  outs: [['ys', f.element]],
  params: ['n', 'inner', 'part', 'parts', 'divisor:f32'],
  uses: [...(f.uses ?? []), nan],
  body: `let k = i % p.inner;
  let c = (i / p.inner) % p.parts;
  let start = (i / (p.inner * p.parts)) * p.n;
  var so = ${f.start};
  for (var j = c * p.part; j < min(p.n, (c + 1u) * p.part); j++) {
    let a = so;
    let b = xs[(start + j) * p.inner + k];
    so = ${f.join};
  }
  ${finish(f)}
  ys[i] = so;`,
});

/** One workgroup per row; lanes take every 64th element and meet in a tree. */
const rowProgram = (f: Fold): Program => ({
  ins: [['xs', f.element]],
  outs: [['ys', f.element]],
  params: ['n', 'divisor:f32'],
  uses: [...(f.uses ?? []), nan],
  kind: 'groups',
  declare: `var<workgroup> parts: array<${f.element}, ${LANES}>;`,
  body: `var so = ${f.start};
  for (var j = lane; j < p.n; j += ${LANES}u) { let a = so; let b = xs[group * p.n + j]; so = ${f.join}; }
  parts[lane] = so;
  workgroupBarrier();
  for (var s = ${LANES / 2}u; s > 0u; s = s >> 1u) {
    if (lane < s) { let a = parts[lane]; let b = parts[lane + s]; parts[lane] = ${f.join}; }
    workgroupBarrier();
  }
  so = parts[0];
  ${finish(f)}
  if (lane == 0u) { ys[group] = so; }`,
});

/** Elements that one invocation adds up alone. */
const ALONE = 128;
const PART = 64;

/** [outer, n, inner] → [outer, inner]. */
export function foldAxis(
  ctx: WebgpuContext,
  name: FoldName,
  x: WebgpuHandle,
  y: WebgpuHandle,
  { outer, n, inner }: { outer: number; n: number; inner: number },
  divisor = 1,
): void {
  const f = FOLDS[name];
  if (inner === 1 && n > ALONE / 4) {
    const call = { ins: [x], outs: [y], params: [n, divisor], size: outer };
    return ctx.dispatch(`fold rows/${name}`, () => rowProgram(f), call);
  }
  const last = n <= ALONE;
  const parts = last ? 1 : Math.ceil(n / PART);
  const to = last ? y : ctx.scratch(outer * parts * inner);
  const params = [n, inner, last ? Math.max(1, n) : PART, parts, last ? divisor : 1];
  ctx.dispatch(`fold columns/${name}`, () => columnProgram(f), {
    ins: [x],
    outs: [to],
    params,
    size: outer * parts * inner,
  });
  if (!last) foldAxis(ctx, name, to, y, { outer, n: parts, inner }, divisor);
}

interface Group {
  n: number;
  readonly reduced: boolean;
}

/** Axes as runs that are kept or reduced in turn; axes of size 1 belong to no run. */
function groupsOf(shape: readonly number[], dims: readonly number[]): Group[] {
  const groups: Group[] = [];
  shape.forEach((n, i) => {
    if (n === 1) return;
    const reduced = dims.includes(i);
    const last = groups.at(-1);
    if (last?.reduced === reduced) last.n *= n;
    else groups.push({ n, reduced });
  });
  return groups;
}

/** Reduces one run after the other, the innermost first. */
function reduce(
  ctx: WebgpuContext,
  x: WebgpuArg,
  y: WebgpuArg,
  dims: readonly number[],
  name: FoldName,
  mean: boolean,
) {
  const groups = groupsOf(x.shape, dims);
  const count = dims.reduce((n, d) => n * x.shape[d]!, 1);
  if (!groups.some((g) => g.reduced)) groups.push({ n: 1, reduced: true });
  let from: WebgpuHandle = x.buffer;
  let inner = 1;
  for (let i = groups.length - 1; i >= 0; i--) {
    const { n, reduced } = groups[i]!;
    if (!reduced) {
      inner *= n;
      continue;
    }
    const outer = groups.slice(0, i).reduce((size, g) => size * g.n, 1);
    const last = !groups.slice(0, i).some((g) => g.reduced);
    const to = last ? y.buffer : ctx.scratch(outer * inner);
    foldAxis(ctx, name, from, to, { outer, n, inner }, last && mean ? count : 1);
    from = to;
  }
}

const reductions = [core.sum, core.mean, core.prod, core.amax, core.amin].map((op: core.Op) =>
  webgpuKernel<{ dim: readonly number[] | null }>(op, {
    dtypes: op === core.sum ? ['f32', 'i32'] : ['f32'],
    run(ctx, [x], [y], { dim }) {
      const mean = op === core.mean;
      const name = mean ? 'sum' : x!.dtype === 'i32' ? 'whole' : (op.name as FoldName);
      reduce(ctx, x!, y!, core.axes(op.name, x!.shape.length, dim), name, mean);
    },
  }),
);

/** The first of equals wins; not-a-number counts as largest, as in PyTorch. */
const argmaxProgram: Program = {
  ins: [['xs', 'f32']],
  outs: [['ys', 'i32']],
  params: ['n', 'inner'],
  uses: [isNan],
  body: `let start = (i / p.inner) * p.n * p.inner + i % p.inner;
  var best = 0u;
  var top = xs[start];
  for (var j = 1u; j < p.n; j++) {
    let x = xs[start + j * p.inner];
    if (!isNan(top) && (isNan(x) || x > top)) { top = x; best = j; }
  }
  ys[i] = i32(best);`,
};

const argmax = webgpuKernel<{ dim: number }>(core.argmax, {
  run(ctx, [x], [y], { dim }) {
    const { n, inner } = around(x!, core.axis('argmax', x!.shape.length, dim));
    const call = { ins: [x!.buffer], outs: [y!.buffer], params: [n, inner], size: y!.size };
    ctx.dispatch('argmax', () => argmaxProgram, call);
  },
});

/** Sums of sixteen are added to what came before: fewer roundings of the long sum. */
const cumsumProgram = (element: 'f32' | 'i32'): Program => ({
  ins: [['xs', element]],
  outs: [['ys', element]],
  params: ['n', 'inner'],
  body: `let start = (i / p.inner) * p.n * p.inner + i % p.inner;
  var before = ${element}(0);
  for (var j0 = 0u; j0 < p.n; j0 += 16u) {
    var so = ${element}(0);
    for (var j = j0; j < min(p.n, j0 + 16u); j++) { so += xs[start + j * p.inner]; ys[start + j * p.inner] = before + so; }
    before += so;
  }`,
});

const cumsum = webgpuKernel<{ dim: number }>(core.cumsum, {
  dtypes: ['f32', 'i32'],
  run(ctx, [x], [y], { dim }) {
    const { outer, n, inner } = around(x!, core.axis('cumsum', x!.shape.length, dim));
    const element = x!.dtype as 'f32' | 'i32';
    const call = { ins: [x!.buffer], outs: [y!.buffer], params: [n, inner], size: outer * inner };
    ctx.dispatch(`cumsum/${element}`, () => cumsumProgram(element), call);
  },
});

export const reduceKernels = [...reductions, argmax, cumsum];
