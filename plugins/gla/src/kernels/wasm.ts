import { defineKernel, type Arg, type Kernel } from '@paperzoo/core';
import type { WasmContext } from '@paperzoo/device-wasm';
import { wasm } from '../generated/gla.wasm';
import { gla } from '../ops/gla';
import { glaGrad } from '../ops/gla-grad';
import { glaSizes, type GlaAttrs, type GlaSizes } from '../ops/gla-shapes';
import { writeCall } from './call';

type Ptr = Arg<number>;
type Ins = [Ptr, Ptr, Ptr, Ptr?, Ptr?, Ptr?, Ptr?];

/** Largest decay (as a logarithm) inside a piece: e^40 leaves the sums far from overflow and their rounding near 1e-6. */
const LIMIT = 40;
/** Below this many tokens the recurrence costs less than packing the state. */
const FEW_TOKENS = 12;
const CHUNK = 64;

const module = () => Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0));

/** V is cut only when there are fewer heads than threads, since every tile computes the decays and scores again. */
function tiling({ N, H, V }: GlaSizes, threads: number, least: number): { tiles: number; tileWidth: number } {
  const wanted = Math.min(Math.ceil(threads / Math.max(1, N * H)), Math.ceil(V / least));
  const tileWidth = Math.ceil(V / wanted / 8) * 8;
  return { tiles: Math.ceil(V / tileWidth), tileWidth };
}

function longest(sizes: GlaSizes, { cuSeqlens }: GlaAttrs): number {
  return cuSeqlens ? Math.max(...cuSeqlens.slice(1).map((end, n) => end - cuSeqlens[n]!)) : sizes.T;
}

/** Runs `chunked` or `recurrent` over all heads. */
function forward(ctx: WasmContext, ins: Ins, [o, final]: readonly Ptr[], attrs: GlaAttrs, limit: number): void {
  const [q, k, v, g, gv, initial, bonus] = ins;
  const sizes = glaSizes('gla.gla', [q, k, v, g, gv, initial, bonus], attrs);
  const { N, H, K } = sizes;
  const chunks = !gv && !bonus && longest(sizes, attrs) >= FEW_TOKENS;
  const { tiles, tileWidth } = tiling(sizes, ctx.threads, chunks ? 32 : 64);
  const total = N * H * tiles;
  if (total === 0) return;
  const grain = Math.ceil(total / ctx.threads);
  const slot = chunks ? ctx.exports.chunkedBytes!(K, tileWidth, CHUNK) : (K + tileWidth + 16) * 4;
  const scratch = ctx.scratch(slot * Math.ceil(total / grain));
  const own = {
    ...{ C: CHUNK, limit, o: o!.buffer, final: final!.buffer },
    ...{ tiles, tileWidth, grain, scratch, slot },
  };
  const call = writeCall(ctx, sizes, attrs, { q, k, v, g, gv, initial, bonus }, own);
  ctx.parallel(chunks ? 'chunked' : 'recurrent', total, grain, call);
}

const kernel = (id: string, limit: number) =>
  defineKernel<number, WasmContext>(gla, {
    id,
    device: 'wasm',
    module,
    run: (ctx, ins, outs, attrs: GlaAttrs) => forward(ctx, ins as Ins, outs, attrs, limit),
  });

const DG_KINDS = { none: 0, constant: 1, scalar: 2, vector: 3 } as const;

const backward = defineKernel<number, WasmContext>(glaGrad, {
  id: 'gla.gla_grad/wasm-simd',
  device: 'wasm',
  module,
  supports: ([, , , , , , gv, , bonus]) =>
    gv ? 'value gates have no gradient kernel' : bonus ? 'exclusive reading has no gradient kernel' : true,
  run(ctx, ins, outs, attrs: GlaAttrs) {
    const [q, k, v, dO, dFinal, g, gv, initial, bonus] = ins as [Ptr, Ptr, Ptr, Ptr, Ptr, Ptr?, Ptr?, Ptr?, Ptr?];
    const [dq, dk, dv, dg, , dInitial] = outs as [Ptr, Ptr, Ptr, Ptr, Ptr, Ptr, Ptr];
    const sizes = glaSizes('gla.gla_grad', [q, k, v, g, gv, initial, bonus], attrs);
    const { N, H, K, V, gate } = sizes;
    const total = N * H;
    const constant = gate === 'constant';
    if (constant) ctx.f32.fill(0, dg.buffer / 4, dg.buffer / 4 + H);
    if (total === 0) return;
    // Heads of all sequences add to one constant gate; each leaves its part.
    const parts = constant ? ctx.scratch(4 * total) : dg.buffer;
    const grain = Math.ceil(total / ctx.threads);
    const slot = ctx.exports.backwardBytes!(K, V, CHUNK, longest(sizes, attrs), gate === 'none' ? 0 : 1);
    const scratch = ctx.scratch(slot * Math.ceil(total / grain));
    const own = {
      ...{ C: CHUNK, limit: LIMIT, grain, scratch, slot, dO: dO.buffer, dFinal: dFinal.buffer },
      ...{ dq: dq.buffer, dk: dk.buffer, dv: dv.buffer, dg: parts, dgKind: DG_KINDS[gate] },
      dInitial: initial ? dInitial.buffer : 0,
    };
    ctx.parallel('backward', total, grain, writeCall(ctx, sizes, attrs, { q, k, v, g, gv, initial, bonus }, own));
    if (constant) for (let i = 0; i < total; i++) ctx.f32[dg.buffer / 4 + (i % H)]! += ctx.f32[parts / 4 + i]!;
  },
});

export default [kernel('gla.gla/wasm-simd', LIMIT), backward] as unknown as readonly Kernel<never, never>[];

/**
 * The textbook form with one pivot for the whole chunk, whatever the gates: overflows under strong decay. It exists so that the claim of
 * numerical safety can show what it is safe from; no plugin registers it.
 */
export const onePivot = [kernel('gla.gla/wasm-one-pivot', Infinity)] as unknown as readonly Kernel<never, never>[];
