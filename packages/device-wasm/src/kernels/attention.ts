import { attention, attentionGrad, defineKernel, type Arg, type Spec } from '@paperzoo/core';
import type { WasmContext } from '../context';
import { denseModule } from './dense-module';
import { broadcastStrides } from './layout';
import { grainFor } from './split';

type Ptr = Arg<number>;

interface AttentionAttrs {
  readonly scale: number | null;
  readonly causal: boolean;
}

/** Sizes with the letters of the op: N queries, M keys, D and E widths; `products` of them; bytes from row to row of the bias. */
function sizesOf(q: Ptr, v: Ptr, scores: readonly number[], bias: Ptr | undefined, { scale, causal }: AttentionAttrs) {
  const [N, D] = q.shape.slice(-2) as [number, number];
  const [M, E] = v.shape.slice(-2) as [number, number];
  const lead = scores.slice(0, -2);
  const ldBias = bias && (bias.shape.at(-2) ?? 1) !== 1 ? 4 * M : 0;
  const products = lead.reduce((a, b) => a * b, 1);
  return { N, M, D, E, lead, products, ldBias, scale: scale ?? Math.max(1, D) ** -0.5, causal: Number(causal) };
}

/** The matrices of one operand: element offset of product i, and where they lie; undefined for an absent operand. */
interface Matrices {
  readonly base: number;
  readonly at: (product: number) => number;
}

/** Matrices [rows][columns] of an operand that may broadcast over the leading axes. */
function matrices(arg: Ptr | undefined, lead: readonly number[], rows: number, columns: number): Matrices | undefined {
  if (!arg) return undefined;
  if (arg.size === lead.reduce((a, b) => a * b, rows * columns)) return ownMatrices(arg.buffer, rows * columns);
  const strides = broadcastStrides(arg.shape, [...lead, rows, columns]).slice(0, lead.length);
  const at = (product: number): number => {
    let offset = 0;
    for (let axis = lead.length - 1; axis >= 0; axis--) {
      offset += (product % lead[axis]!) * strides[axis]!;
      product = Math.floor(product / lead[axis]!);
    }
    return offset;
  };
  return { base: arg.buffer, at };
}

/** One matrix of `size` numbers after the other. */
const ownMatrices = (base: number, size: number): Matrices => ({ base, at: (product) => product * size });

/** Addresses per product, one column per operand; an absent operand's are 0. */
function writeTable(ctx: WasmContext, products: number, columns: readonly (Matrices | undefined)[]): number {
  const table = ctx.scratch(4 * products * columns.length);
  const words = ctx.u32;
  columns.forEach((column, c) => {
    let to = table / 4 + c;
    for (let i = 0; i < products; i++, to += columns.length) words[to] = column ? column.base + 4 * column.at(i) : 0;
  });
  return table;
}

/** Scratch above which threads take one range each, instead of a few to even out their loads. */
const LARGE_SLOT = 4 << 20;

/** Tasks per range; each range has `slot` bytes of scratch of its own. */
function tasksPerRange({ threads }: WasmContext, tasks: number, macs: number, slot: number): number {
  if (threads === 1) return tasks;
  return Math.max(grainFor(macs), Math.ceil(tasks / (slot > LARGE_SLOT ? threads : 4 * threads)));
}

const biasReason = (v: Spec, bias: Spec | undefined): true | string =>
  !bias ||
  bias.shape.at(-1) === v.shape.at(-2) ||
  `the bias must have one number per key, got [${bias.shape.join(', ')}] for ${v.shape.at(-2)} keys`;

const forward = defineKernel<number, WasmContext>(attention, {
  id: 'attention/wasm-simd',
  device: 'wasm',
  module: denseModule,
  supports: ([, , v, bias]) => biasReason(v!, bias),
  run(ctx, ins, [out], attrs: AttentionAttrs) {
    const [q, k, v, bias] = ins as [Ptr, Ptr, Ptr, Ptr?];
    const lead = out!.shape.slice(0, -2);
    const { N, M, D, E, products, ldBias, scale, causal } = sizesOf(q, v, [...lead, 0, 0], bias, attrs);
    if (M === 0) return void ctx.f32.fill(0, out!.buffer / 4, out!.buffer / 4 + out!.size);
    const table = writeTable(ctx, products, [
      matrices(q, lead, N, D),
      matrices(k, lead, M, D),
      matrices(v, lead, M, E),
      matrices(bias, lead, N, M),
      matrices(out!, lead, N, E),
    ]);
    // Products are cut only where there are too few of them for the threads: every part packs its keys again.
    const blocks = ctx.exports.attentionBlocks!(N);
    const parts = ctx.threads === 1 ? 1 : Math.min(blocks, Math.max(1, Math.ceil((4 * ctx.threads) / products)));
    const tasks = products * parts;
    const slot = ctx.exports.attentionBytes!(N, M, D, E);
    const grain = tasksPerRange(ctx, tasks, (N / parts) * M * (D + E), slot);
    const scratch = ctx.scratch(slot * Math.ceil(tasks / grain));
    ctx.parallel('attention', tasks, grain, table, parts, N, M, D, E, ldBias, scale, causal, scratch, slot, grain);
  },
});

/** Products below which a gradient is cut into parts; a constant, since the number of parts decides the order of sums. */
const WHOLE_FROM = 8;

const backward = defineKernel<number, WasmContext>(attentionGrad, {
  id: 'attention_grad/wasm-simd',
  device: 'wasm',
  module: denseModule,
  supports: ([, , v, , bias]) => biasReason(v!, bias),
  run(ctx, ins, outs, attrs: AttentionAttrs) {
    const [q, k, v, g, bias] = ins as [Ptr, Ptr, Ptr, Ptr, Ptr?];
    const [dQ, dK, dV, dS] = outs as [Ptr, Ptr, Ptr, Ptr];
    const lead = q.shape.slice(0, -2);
    const { N, M, D, E, products, ldBias, scale, causal } = sizesOf(q, v, [...lead, 0, 0], bias, attrs);
    if (N === 0 || M === 0 || products === 0) {
      for (const out of outs) ctx.f32.fill(0, out.buffer / 4, out.buffer / 4 + out.size);
      return;
    }
    const parts = Math.min(ctx.exports.attentionGradBlocks!(N, M), Math.max(1, Math.floor(WHOLE_FROM / products)));
    const sums = [dK, dV].map((out) => (parts > 1 ? ctx.scratch(4 * parts * out.size) : out.buffer));
    const table = writeTable(ctx, products, [
      ...[ownMatrices(q.buffer, N * D), ownMatrices(k.buffer, M * D), ownMatrices(v.buffer, M * E)],
      ...[ownMatrices(g.buffer, N * E), matrices(bias, lead, N, M), ownMatrices(dQ.buffer, N * D)],
      ...[ownMatrices(sums[0]!, parts * M * D), ownMatrices(sums[1]!, parts * M * E)],
      dS.size > 0 ? ownMatrices(dS.buffer, N * M) : undefined,
    ]);
    const tasks = products * parts;
    const slot = ctx.exports.attentionGradBytes!(N, M, D, E);
    const grain = tasksPerRange(ctx, tasks, (N / parts) * M * (3 * D + 2 * E), slot);
    const scratch = ctx.scratch(slot * Math.ceil(tasks / grain));
    const sizes = [parts, N, M, D, E, ldBias, scale, causal, 4 * M * D, 4 * M * E] as const;
    ctx.parallel('attentionGrad', tasks, grain, table, ...sizes, scratch, slot, grain);
    if (parts === 1) return;
    ctx.parallel('addParts', products, grainFor(parts * M * D), parts, M * D, sums[0]!, dK.buffer);
    ctx.parallel('addParts', products, grainFor(parts * M * E), parts, M * E, sums[1]!, dV.buffer);
  },
});

export const attentionKernels = [forward, backward];
