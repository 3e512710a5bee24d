import { defineKernel, type Arg } from '@paperzoo/core';
import type { WasmContext } from '@paperzoo/device-wasm';
import { glaGrad } from '../ops/gla-grad';
import { glaSizes, type GlaAttrs } from '../ops/gla-shapes';
import { writeCall } from './call';
import { CHUNK, LIMIT, longest } from './chunks';
import { module } from './module';

type Ptr = Arg<number>;

const DG_KINDS = { none: 0, constant: 1, scalar: 2, vector: 3 } as const;

/** `glaGrad` in wasm, for what the chunked form knows. */
export const backwardKernel = defineKernel<number, WasmContext>(glaGrad, {
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
