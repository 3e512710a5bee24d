import * as core from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg } from '../context';
import type { Program } from '../gpu/program';
import { around, merged, stridesOf, walkCode, walkParams, walkValues } from './indexing';
import { move } from './move';

/** Bits of not-a-number, which stands for what lies outside; integers have 0. */
const outside = (x: core.Spec) => (x.dtype === 'f32' ? 0x7fc00000 : 0);

const gatherProgram = (rank: number): Program => ({
  ins: [
    ['xs', 'u32'],
    ['index', 'i32'],
  ],
  outs: [['ys', 'u32']],
  params: ['n:i32', 'step', 'nothing', ...walkParams(rank, ['x'], 'u32')],
  body: `${walkCode(rank, ['x'], 'u32')}
  let k = index[i];
  if (k < 0 || k >= p.n) { ys[i] = p.nothing; } else { ys[i] = xs[xAt + u32(k) * p.step]; }`,
});

const gather = webgpuKernel<{ dim: number }>(core.gather, {
  dtypes: 'any',
  run(ctx, [x, index], [y], attrs) {
    const dim = core.axis('gather', x!.shape.length, attrs.dim);
    const strides = stridesOf(x!.shape);
    // The walk stands still along `dim`, where the index says how far to go.
    const still = strides.map((s, i) => (i === dim ? 0 : s));
    const walk = merged(index!.shape, [still, stridesOf(index!.shape)]);
    const own = { sizes: walk.sizes, strides: [walk.strides[0]!] };
    ctx.dispatch(`gather/${walk.sizes.length}`, () => gatherProgram(walk.sizes.length), {
      ins: [x!.buffer, index!.buffer],
      outs: [y!.buffer],
      params: [x!.shape[dim]!, strides[dim]!, outside(x!), ...walkValues(own)],
      size: y!.size,
    });
  },
});

/** One invocation adds a whole column in the order of its indices, so that the sum is the same every time. */
const scatterProgram = (rank: number): Program => ({
  ins: [
    ['index', 'i32'],
    ['src', 'f32'],
  ],
  outs: [['ys', 'f32']],
  params: ['n:i32', 'count', 'yStep', 'indexStep', 'srcStep', ...walkParams(rank, ['y', 'index', 'src'], 'u32')],
  body: `${walkCode(rank, ['y', 'index', 'src'], 'u32')}
  for (var j = 0u; j < p.count; j++) {
    let k = index[indexAt + j * p.indexStep];
    if (k >= 0 && k < p.n) { ys[yAt + u32(k) * p.yStep] += src[srcAt + j * p.srcStep]; }
  }`,
});

const scatterAdd = webgpuKernel<{ dim: number }>(core.scatterAdd, {
  dtypes: 'any',
  run(ctx, [x, index, src], [y], attrs) {
    const flat = { strides: [1] };
    move(ctx, [x!.size], x!, flat, y!, flat);
    const dim = core.axis('scatter_add', x!.shape.length, attrs.dim);
    const columns = index!.shape.map((n, i) => (i === dim ? 1 : n));
    const size = columns.reduce((a, b) => a * b, 1);
    if (size * index!.size === 0) return;
    const [ys, is, ss] = [y!, index!, src!].map((t: WebgpuArg) => stridesOf(t.shape)) as [number[], number[], number[]];
    const walk = merged(columns, [ys, is, ss]);
    ctx.dispatch(`scatter_add/${walk.sizes.length}`, () => scatterProgram(walk.sizes.length), {
      ins: [index!.buffer, src!.buffer],
      outs: [y!.buffer],
      params: [x!.shape[dim]!, index!.shape[dim]!, ys[dim]!, is[dim]!, ss[dim]!, ...walkValues(walk)],
      size,
    });
  },
});

const selectProgram: Program = {
  ins: [
    ['xs', 'u32'],
    ['index', 'i32'],
  ],
  outs: [['ys', 'u32']],
  params: ['n:i32', 'inner', 'count', 'nothing'],
  body: `let within = i % p.inner;
  let row = i / p.inner;
  let k = index[row % p.count];
  if (k < 0 || k >= p.n) { ys[i] = p.nothing; }
  else { ys[i] = xs[((row / p.count) * u32(p.n) + u32(k)) * p.inner + within]; }`,
};

const indexSelect = webgpuKernel<{ dim: number }>(core.indexSelect, {
  dtypes: 'any',
  run(ctx, [x, index], [y], attrs) {
    const { n, inner } = around(x!, core.axis('index_select', x!.shape.length, attrs.dim));
    ctx.dispatch('index_select', () => selectProgram, {
      ins: [x!.buffer, index!.buffer],
      outs: [y!.buffer],
      params: [n, inner, index!.size, outside(x!)],
      size: y!.size,
    });
  },
});

export const gatherKernels = [gather, scatterAdd, indexSelect];
