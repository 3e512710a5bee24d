// Sums of numbers that lie apart, in a fixed order.
import type { Program, WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import { f32 } from './frame';

/** Adds up `count` numbers, `step` apart, from start + (i / inner) · outerStep + i % inner on; those from `end` on are left out. */
const foldProgram: Program = {
  ins: f32('xs'),
  outs: f32('ys'),
  params: ['start', 'inner', 'outerStep', 'count', 'step', 'end'],
  body: `let from_ = p.start + (i / p.inner) * p.outerStep + i % p.inner;
  var so = 0.0;
  for (var j = 0u; j < p.count; j++) { let at = from_ + j * p.step; if (at < p.end) { so += xs[at]; } }
  ys[i] = so;`,
};

export interface Fold {
  readonly start: number;
  readonly inner: number;
  readonly outerStep: number;
  readonly count: number;
  readonly step: number;
  /** Default: no end. */
  readonly end?: number;
}

/** `size` sums. */
export function fold(ctx: WebgpuContext, from: WebgpuHandle, to: WebgpuHandle, size: number, f: Fold): void {
  const params = [f.start, f.inner, f.outerStep, f.count, f.step, f.end ?? 0xffffffff];
  ctx.dispatch('gla.fold', () => foldProgram, { ins: [from], outs: [to], params, size });
}

/** Rows that one invocation adds up alone. */
const ALONE = 64;

/** The sum of `rows` rows of width `n`, in parts where they are many. */
export function sumRows(ctx: WebgpuContext, from: WebgpuHandle, to: WebgpuHandle, rows: number, n: number): void {
  const parts = Math.ceil(rows / ALONE);
  const whole = { start: 0, inner: n, outerStep: ALONE * n, count: Math.min(rows, ALONE), step: n, end: rows * n };
  if (parts <= 1) return fold(ctx, from, to, n, whole);
  const sums = ctx.scratch(parts * n);
  fold(ctx, from, sums, parts * n, whole);
  sumRows(ctx, sums, to, parts, n);
}
