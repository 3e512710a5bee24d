import { defineKernel, type Arg } from '@paperzoo/core';
import type { WasmContext } from '@paperzoo/device-wasm';
import { glaGrad } from '../ops/gla-grad';
import { glaSizes, type GlaAttrs } from '../ops/gla-shapes';
import { writeCall } from './call';
import { CHUNK, LIMIT, longest } from './chunks';
import { module } from './module';

type Ptr = Arg<number>;

const DG_KINDS = { none: 0, constant: 1, scalar: 2, vector: 3 } as const;

/** Adds the parts that the heads of all sequences left, one after the other, into the gradient of what the heads share. */
function addUp(ctx: WasmContext, parts: number, count: number, { buffer, size }: Ptr): void {
  const { f32 } = ctx;
  const to = buffer / 4;
  f32.fill(0, to, to + size);
  for (let i = 0; i < count; i++) f32[to + (i % size)]! += f32[parts / 4 + i]!;
}

/** `glaGrad` in wasm: chunked, or token by token with value gates and exclusive reading. */
export const backwardKernel = defineKernel<number, WasmContext>(glaGrad, {
  id: 'gla.gla_grad/wasm-simd',
  device: 'wasm',
  module,
  run(ctx, ins, outs, attrs: GlaAttrs) {
    const [q, k, v, dO, dFinal, g, gv, initial, bonus] = ins as [Ptr, Ptr, Ptr, Ptr, Ptr, Ptr?, Ptr?, Ptr?, Ptr?];
    const [dq, dk, dv, dg, dgv, dInitial, dBonus] = outs as [Ptr, Ptr, Ptr, Ptr, Ptr, Ptr, Ptr];
    const sizes = glaSizes('gla.gla_grad', [q, k, v, g, gv, initial, bonus], attrs);
    const { N, H, K, V, gate } = sizes;
    const total = N * H;
    const constant = gate === 'constant';
    // Heads of all sequences add to one constant gate and one bonus; each leaves its part.
    const gateParts = constant ? ctx.scratch(4 * total) : dg.buffer;
    const bonusParts = bonus ? ctx.scratch(4 * total * K) : 0;
    if (total > 0) {
      const chunks = !gv && !bonus;
      const grain = Math.ceil(total / ctx.threads);
      const tokens = longest(sizes, attrs);
      const slot = chunks
        ? ctx.exports.backwardBytes!(K, V, CHUNK, tokens, gate === 'none' ? 0 : 1)
        : ctx.exports.adjointBytes!(K, V, tokens);
      const scratch = ctx.scratch(slot * Math.ceil(total / grain));
      const own = {
        ...{ C: CHUNK, limit: LIMIT, grain, scratch, slot, dO: dO.buffer, dFinal: dFinal.buffer },
        ...{ dq: dq.buffer, dk: dk.buffer, dv: dv.buffer, dg: gateParts, dgKind: DG_KINDS[gate] },
        ...{ dgv: gv ? dgv.buffer : 0, dInitial: initial ? dInitial.buffer : 0, dBonus: bonusParts },
      };
      const call = writeCall(ctx, sizes, attrs, { q, k, v, g, gv, initial, bonus }, own);
      ctx.parallel(chunks ? 'backward' : 'adjoint', total, grain, call);
    }
    if (constant) addUp(ctx, gateParts, total, dg);
    if (bonus) addUp(ctx, bonusParts, total * K, dBonus);
  },
});
