import * as core from '@paperzoo/core';
import type { WasmContext } from '../context';
import { wasmKernel, type WasmArg } from './kernels-module';
import { broadcastStrides, GRAIN, layRows, mergeAxes, rowGrain, stridesOf } from './layout';

/** Copies a walk over `shape`: element by element from `from`, at strides `source`, to `to`, at strides `target`. */
function copyWalk(
  ctx: WasmContext,
  shape: readonly number[],
  bytes: number,
  [from, source]: readonly [number, readonly number[]],
  [to, target]: readonly [number, readonly number[]],
): void {
  if (shape.includes(0)) return;
  const axes = mergeAxes(shape, [source, target]);
  if (bytes === 4 && transposes(ctx, axes.sizes, axes.strides[0]!, axes.strides[1]!, from, to)) return;
  const { rows, n, steps, table } = layRows(ctx, axes, [bytes, bytes]);
  ctx.parallel('copyStrided', rows, rowGrain(n), n, bytes, from, steps[0]!, to, steps[1]!, table);
}

/** Does the walk if it is a batch of transposed matrices, which want tiles instead of strided rows. */
function transposes(
  ctx: WasmContext,
  sizes: readonly number[],
  source: readonly number[],
  target: readonly number[],
  from: number,
  to: number,
): boolean {
  const rank = sizes.length;
  if (rank !== 2 && rank !== 3) return false;
  const [columns, rows] = [sizes[rank - 2]!, sizes[rank - 1]!];
  const contiguous = target[rank - 1] === 1 && target[rank - 2] === rows;
  if (!contiguous || source[rank - 2] !== 1 || source[rank - 1] !== columns) return false;
  if (rank === 3 && (source[0] !== rows * columns || target[0] !== rows * columns)) return false;
  const batch = rank === 3 ? sizes[0]! : 1;
  ctx.parallel('transpose', batch * Math.ceil(columns / 16), rowGrain(16 * rows), rows, columns, from, to);
  return true;
}

const bytesOf = (x: core.Spec) => core.DTYPES[x.dtype].bytes;

/** Fills `y` from the input read at `source` strides from element `start` on. */
function take(ctx: WasmContext, x: WasmArg, y: WasmArg, source: readonly number[], start = 0): void {
  copyWalk(ctx, y.shape, bytesOf(x), [x.buffer + start * bytesOf(x), source], [y.buffer, stridesOf(y.shape)]);
}

const permute = wasmKernel<{ dims: readonly number[] }>(core.permute, 'any', (ctx, [x], y, { dims }) => {
  const strides = stridesOf(x!.shape);
  take(
    ctx,
    x!,
    y,
    dims.map((d) => strides[core.axis('permute', dims.length, d)]!),
  );
});

const slice = wasmKernel<{ dim: number; start: number; end: number | null; step: number }>(
  core.slice,
  'any',
  (ctx, [x], y, attrs) => {
    const dim = core.axis('slice', x!.shape.length, attrs.dim);
    const strides = stridesOf(x!.shape);
    const { start } = core.sliceRange(x!.shape[dim]!, attrs);
    take(
      ctx,
      x!,
      y,
      strides.map((s, i) => (i === dim ? s * attrs.step : s)),
      start * strides[dim]!,
    );
  },
);

const expand = wasmKernel(core.expand, 'any', (ctx, [x], y) => take(ctx, x!, y, broadcastStrides(x!.shape, y.shape)));

const flip = wasmKernel<{ dims: readonly number[] }>(core.flip, 'any', (ctx, [x], y, { dims }) => {
  const strides = stridesOf(x!.shape);
  let start = 0;
  for (const d of core.axes('flip', x!.shape.length, dims)) {
    start += (x!.shape[d]! - 1) * strides[d]!;
    strides[d] = -strides[d]!;
  }
  take(ctx, x!, y, strides, start);
});

const concat = wasmKernel<{ dim: number }>(core.concat, 'any', (ctx, xs, y, attrs) => {
  const dim = core.axis('concat', y.shape.length, attrs.dim);
  const inner = bytesOf(y) * y.shape.slice(dim + 1).reduce((a, b) => a * b, 1);
  const outer = y.shape.slice(0, dim).reduce((a, b) => a * b, 1);
  const step = inner * y.shape[dim]!;
  let to = y.buffer;
  for (const x of xs) {
    const bytes = inner * x.shape[dim]!;
    if (bytes) ctx.parallel('copyRows', outer, rowGrain(bytes, 4 * GRAIN), bytes, x.buffer, bytes, to, step);
    to += bytes;
  }
});

/** Bits of a padding value in the tensor's own type. */
function bitsOf(value: number, dtype: core.DType): number {
  return dtype === 'f32' ? new Uint32Array(Float32Array.of(value).buffer)[0]! : value;
}

interface PadAttrs {
  readonly pad: readonly number[];
  readonly mode: 'constant' | 'reflect';
  readonly value: number;
}

const pad = wasmKernel<PadAttrs>(core.pad, ['f32', 'i32', 'u8'], (ctx, [x], y, attrs) => {
  if (attrs.mode === 'reflect') reflect(ctx, x!, y, attrs.pad);
  else padWith(ctx, x!, y, attrs);
});

/** Fills the result with the value, then copies what is inside; negative amounts move the start into the input. */
function padWith(ctx: WasmContext, x: WasmArg, y: WasmArg, attrs: PadAttrs): void {
  const bytes = bytesOf(x);
  ctx.parallel('fill', y.size, GRAIN, bytes, bitsOf(attrs.value, x.dtype), y.buffer);
  const [source, target] = [stridesOf(x.shape), stridesOf(y.shape)];
  let [from, to] = [0, 0];
  const inside = x.shape.map((n, i) => {
    const [before, after] = core.padOf(attrs.pad, x.shape.length, i);
    from += Math.max(0, -before) * source[i]!;
    to += Math.max(0, before) * target[i]!;
    return Math.max(0, n + Math.min(0, before) + Math.min(0, after));
  });
  copyWalk(ctx, inside, bytes, [x.buffer + from * bytes, source], [y.buffer + to * bytes, target]);
}

/** One axis after the other, from the last: positions outside are mirrored at the ends. */
function reflect(ctx: WasmContext, x: WasmArg, y: WasmArg, amounts: readonly number[]): void {
  const shape = [...x.shape];
  const padded = shape.map((_, i) => i).filter((i) => core.padOf(amounts, shape.length, i).some((n) => n !== 0));
  let from = x.buffer;
  for (const [k, i] of [...padded].reverse().entries()) {
    const n = shape[i]!;
    const count = y.shape[i]!;
    const [before] = core.padOf(amounts, shape.length, i);
    const bytes = bytesOf(x) * shape.slice(i + 1).reduce((a, b) => a * b, 1);
    const outer = shape.slice(0, i).reduce((a, b) => a * b, 1);
    const to = k === padded.length - 1 ? y.buffer : ctx.scratch(outer * count * bytes);
    const table = ctx.scratch(4 * count);
    const positions = ctx.u32;
    for (let j = 0; j < count; j++) {
      const at = Math.abs(j - before);
      positions[(table >>> 2) + j] = at < n ? at : 2 * (n - 1) - at;
    }
    ctx.parallel('pickRows', outer * count, rowGrain(bytes, 4 * GRAIN), count, bytes, from, n * bytes, table, to);
    shape[i] = count;
    from = to;
  }
  if (padded.length === 0) take(ctx, x, y, stridesOf(x.shape));
}

export const moveKernels = [permute, slice, expand, flip, concat, pad];
