import { defineKernel, type Arg } from '@paperzoo/core';
import type { WasmContext } from '@paperzoo/device-wasm';
import { gla } from '../ops/gla';
import { glaSizes, type GlaAttrs, type GlaSizes } from '../ops/gla-shapes';
import { writeCall } from './call';
import { CHUNK, longest } from './chunks';
import { module } from './module';

type Ptr = Arg<number>;
type Ins = [Ptr, Ptr, Ptr, Ptr?, Ptr?, Ptr?, Ptr?];

/** Below this many tokens the recurrence costs less than packing the state. */
const FEW_TOKENS = 9;

/** V is cut only when there are fewer heads than threads, since every tile computes the decays and scores again. */
function tiling({ N, H, V }: GlaSizes, threads: number, least: number): { tiles: number; tileWidth: number } {
  const wanted = Math.min(Math.ceil(threads / Math.max(1, N * H)), Math.ceil(V / least));
  const tileWidth = Math.ceil(V / wanted / 8) * 8;
  return { tiles: Math.ceil(V / tileWidth), tileWidth };
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

/** `gla` in wasm; `limit` is the largest decay between two tokens of a piece. */
export const forwardKernel = (id: string, limit: number) =>
  defineKernel<number, WasmContext>(gla, {
    id,
    device: 'wasm',
    module,
    run: (ctx, ins, outs, attrs: GlaAttrs) => forward(ctx, ins as Ins, outs, attrs, limit),
  });
