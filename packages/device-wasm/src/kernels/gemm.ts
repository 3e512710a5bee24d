import { ACTIVATIONS, defineKernel, linear, matmul, type Activation, type Arg } from '@paperzoo/core';
import type { WasmContext } from '../context';
import { denseModule } from './dense-module';
import { layoutKey } from './layout-key';
import { panelBytes, runGemm } from './run-gemm';
import { grainFor } from './split';

type Ins = readonly (Arg<number> | undefined)[];
type Outs = readonly Arg<number>[];

/** Weights `[n][k]` as panels; packed once when they persist. */
export function packedWeights(ctx: WasmContext, weight: Arg<number>, n: number, k: number): number {
  return ctx.packed(weight, layoutKey('panels', n, k), panelBytes(n, k), (to) =>
    ctx.parallel('packColumns', Math.ceil(n / 8), grainFor(8 * k), n, k, weight.buffer, k * 4, to),
  );
}

const linearKernel = defineKernel<number, WasmContext>(linear, {
  id: 'linear/wasm-simd',
  device: 'wasm',
  module: denseModule,
  run(ctx, ins: Ins, [out]: Outs, attrs: { activation: Activation }) {
    const [x, weight, bias, residual] = ins as [Arg<number>, Arg<number>, Arg<number>?, Arg<number>?];
    const [n, k] = weight.shape as [number, number];
    if (out!.size === 0) return;
    runGemm(ctx, {
      m: out!.size / n,
      n,
      k,
      a: x.buffer,
      c: out!.buffer,
      panels: packedWeights(ctx, weight, n, k),
      bias: bias?.buffer ?? 0,
      residual: residual?.buffer ?? 0,
      activation: ACTIVATIONS.indexOf(attrs.activation),
    });
  },
});

interface MatmulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const matmulKernel = defineKernel<number, WasmContext>(matmul, {
  id: 'matmul/wasm-simd',
  device: 'wasm',
  module: denseModule,
  run(ctx, ins: Ins, [out]: Outs, attrs: MatmulAttrs) {
    const [a, b] = ins as [Arg<number>, Arg<number>];
    if (out!.size === 0) return;
    const [m, n] = out!.shape.slice(-2) as [number, number];
    const k = a.shape.at(attrs.transposeA ? -2 : -1)!;
    const batches = out!.size / (m * n);
    const oneB = b.size === k * n;
    if (oneB && (batches === 1 || (a.size === batches * m * k && !attrs.transposeA))) {
      // One matrix on the right: the batch of left ones is one tall matrix.
      if (attrs.transposeA && !attrs.transposeB && !b.persistent && m > FEW) {
        runTurned(ctx, m, n, k, a.buffer, b.buffer, out!.buffer);
        return;
      }
      const left = attrs.transposeA ? turned(ctx, a, m, k) : a.buffer;
      runOne(ctx, batches * m, n, k, left, b, attrs.transposeB, out!.buffer);
    } else runBatch(ctx, a, b, out!, m, n, k, attrs);
  },
});

/** Up to so many rows are done without packing; see assembly/gemm-few.ts. */
const FEW = 8;
/** Rows of one index of `gemmTurned`. */
const BLOCK = 64;

/** Aᵀ·B as both are stored, `[k][m]` and `[k][n]`: gradients of weights. */
function runTurned(ctx: WasmContext, m: number, n: number, k: number, a: number, b: number, c: number): void {
  const slot = ctx.exports.turnedBytes!(n, k);
  const blocks = Math.ceil(m / BLOCK);
  // Every range packs B for itself, so there are no more of them than threads.
  const grain = Math.max(grainFor(BLOCK * n * k), Math.ceil(blocks / ctx.threads));
  const scratch = ctx.scratch(slot * Math.ceil(blocks / grain));
  ctx.parallel('gemmTurned', blocks, grain, m, n, k, a, b, c, scratch, slot, grain);
}

/** Left matrix `[m][k]` at `a`, right one `[k][n]` or transposed. */
function runOne(
  ctx: WasmContext,
  m: number,
  n: number,
  k: number,
  a: number,
  b: Arg<number>,
  transposed: boolean,
  c: number,
): void {
  if (!b.persistent && ctx.exports.isFew!(m, Number(transposed))) {
    ctx.parallel(transposed ? 'fewColumns' : 'fewRows', n, grainFor(m * k, 16), m, n, k, a, b.buffer, c);
  } else runGemm(ctx, { m, n, k, a, c, panels: packedOther(ctx, b, n, k, transposed) });
}

/** The right operand as panels. */
function packedOther(ctx: WasmContext, b: Arg<number>, n: number, k: number, transposed: boolean): number {
  if (transposed) return packedWeights(ctx, b, n, k);
  return ctx.packed(b, layoutKey('rows', k, n), panelBytes(n, k), (to) =>
    ctx.parallel('packRows', Math.ceil(n / 8), grainFor(8 * k), n, k, b.buffer, n * 4, to),
  );
}

/** A copy `[m][k]` of a matrix stored `[k][m]`. */
function turned(ctx: WasmContext, a: Arg<number>, m: number, k: number): number {
  const to = ctx.scratch(m * k * 4);
  ctx.parallel('transposeRows', m, grainFor(k, 4), a.buffer, k, m, to);
  return to;
}

function runBatch(
  ctx: WasmContext,
  a: Arg<number>,
  b: Arg<number>,
  out: Arg<number>,
  m: number,
  n: number,
  k: number,
  attrs: MatmulAttrs,
): void {
  const batches = out.size / (m * n);
  const table = ctx.scratch(batches * 12);
  // A few ranges per thread: each has scratch of its own.
  const grain = Math.max(grainFor(m * n * k), Math.ceil(batches / (4 * ctx.threads)));
  const slot = panelBytes(n, k) + (attrs.transposeA ? Math.ceil((m * k * 4) / 16) * 16 : 0);
  const scratch = ctx.scratch(slot * Math.ceil(batches / grain));
  const strides = [a, b].map((arg) => batchStrides(arg.shape, out.shape)) as [number[], number[]];
  const sizes = [m * k * 4, k * n * 4];
  const words = ctx.u32;
  const lead = out.shape.slice(0, -2);
  const index = lead.map(() => 0);
  let [ia, ib] = [0, 0];
  for (let i = 0, at = table >>> 2; i < batches; i++, at += 3) {
    words[at] = a.buffer + ia * sizes[0]!;
    words[at + 1] = b.buffer + ib * sizes[1]!;
    words[at + 2] = out.buffer + i * m * n * 4;
    for (let axis = lead.length - 1; axis >= 0; axis--) {
      ia += strides[0][axis]!;
      ib += strides[1][axis]!;
      if (++index[axis]! < lead[axis]!) break;
      ia -= strides[0][axis]! * lead[axis]!;
      ib -= strides[1][axis]! * lead[axis]!;
      index[axis] = 0;
    }
  }
  const flags = [attrs.transposeA, attrs.transposeB].map(Number);
  ctx.parallel('gemmBatch', batches, grain, table, m, n, k, ...flags, scratch, slot, grain);
}

/** For each leading axis of the output, how many matrices one step moves in an operand; 0 where it broadcasts. */
function batchStrides(shape: readonly number[], out: readonly number[]): number[] {
  const lead = shape.slice(0, -2);
  const strides = out.slice(0, -2).map(() => 0);
  let step = 1;
  for (let i = lead.length - 1; i >= 0; i--) {
    if (lead[i] !== 1) strides[strides.length - lead.length + i] = step;
    step *= lead[i]!;
  }
  return strides;
}

export const gemmKernels = [linearKernel, matmulKernel];
