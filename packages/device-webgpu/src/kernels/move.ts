// Ops that only move elements, whatever their type: bits go from one walk to another.
import * as core from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg, type WebgpuContext } from '../context';
import type { Program } from '../gpu/program';
import { broadcastStrides, merged, stridesOf, walkCode, walkParams, walkValues } from './indexing';

const OPERANDS = ['x', 'y'] as const;

const moveProgram = (rank: number): Program => ({
  ins: [['xs', 'u32']],
  outs: [['ys', 'u32']],
  params: ['xStart', 'yStart', ...walkParams(rank, OPERANDS, 'i32')],
  body: `${walkCode(rank, OPERANDS, 'i32')}
  ys[u32(i32(p.yStart) + yAt)] = xs[u32(i32(p.xStart) + xAt)];`,
});

interface Side {
  readonly strides: readonly number[];
  readonly start?: number;
}

/** Copies a block of `sizes` between two walks. */
export function move(
  ctx: WebgpuContext,
  sizes: readonly number[],
  from: WebgpuArg,
  x: Side,
  to: WebgpuArg,
  y: Side,
): void {
  const size = sizes.reduce((a, b) => a * b, 1);
  if (size === 0) return;
  const walk = merged(sizes, [x.strides, y.strides]);
  const rank = walk.sizes.length;
  ctx.dispatch(`move/${rank}`, () => moveProgram(rank), {
    ins: [from.buffer],
    outs: [to.buffer],
    params: [x.start ?? 0, y.start ?? 0, ...walkValues(walk)],
    size,
  });
}

/** Fills the whole of `y` from a walk through `x`. */
const fill = (ctx: WebgpuContext, x: WebgpuArg, y: WebgpuArg, strides: readonly number[], start = 0) =>
  move(ctx, y.shape, x, { strides, start }, y, { strides: stridesOf(y.shape) });

const permute = webgpuKernel<{ dims: readonly number[] }>(core.permute, {
  dtypes: 'any',
  run(ctx, [x], [y], { dims }) {
    const strides = stridesOf(x!.shape);
    fill(
      ctx,
      x!,
      y!,
      dims.map((d) => strides[core.axis('permute', dims.length, d)]!),
    );
  },
});

const slice = webgpuKernel<{ dim: number; start: number; end: number | null; step: number }>(core.slice, {
  dtypes: 'any',
  run(ctx, [x], [y], attrs) {
    const dim = core.axis('slice', x!.shape.length, attrs.dim);
    const strides = stridesOf(x!.shape);
    const { start } = core.sliceRange(x!.shape[dim]!, attrs);
    const steps = strides.map((s, i) => (i === dim ? s * attrs.step : s));
    fill(ctx, x!, y!, steps, start * strides[dim]!);
  },
});

const expand = webgpuKernel(core.expand, {
  dtypes: 'any',
  run: (ctx, [x], [y]) => fill(ctx, x!, y!, broadcastStrides(x!.shape, y!.shape)),
});

const flip = webgpuKernel<{ dims: readonly number[] }>(core.flip, {
  dtypes: 'any',
  run(ctx, [x], [y], { dims }) {
    const strides = stridesOf(x!.shape);
    let start = 0;
    for (const d of core.axes('flip', x!.shape.length, dims)) {
      start += (x!.shape[d]! - 1) * strides[d]!;
      strides[d] = -strides[d]!;
    }
    fill(ctx, x!, y!, strides, start);
  },
});

const concat = webgpuKernel<{ dim: number }>(core.concat, {
  dtypes: 'any',
  run(ctx, xs, [y], attrs) {
    const dim = core.axis('concat', y!.shape.length, attrs.dim);
    const strides = stridesOf(y!.shape);
    let start = 0;
    for (const x of xs as readonly WebgpuArg[]) {
      move(ctx, x.shape, x, { strides: stridesOf(x.shape) }, y!, { strides, start: start * strides[dim]! });
      start += x.shape[dim]!;
    }
  },
});

export const moveKernels = [permute, slice, expand, flip, concat];
