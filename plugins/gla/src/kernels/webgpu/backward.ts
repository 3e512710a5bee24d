// What `glaGrad` dispatches: the walk, which leaves parts of the gradients per tile of columns, and the sums of those parts.
import { defineKernel, type Arg } from '@paperzoo/core';
import type { WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import { glaGrad } from '../../ops/gla-grad';
import { glaSizes, type GlaAttrs, type GlaSizes } from '../../ops/gla-shapes';
import { backwardProgram } from './backward-program';
import { copyInto } from './copy';
import { fold, sumRows } from './fold';
import { CHUNK, fits, handles, runs, tileFor, values } from './frame';

type Buffer = Arg<WebgpuHandle>;
type Ins<T> = readonly [q: T, k: T, v: T, dO: T, dFinal: T, g?: T, gv?: T, initial?: T, bonus?: T];

/** States of S and of dS share a workgroup's memory. */
const HELD = 2;

const sizesOf = <T extends Parameters<typeof glaSizes>[1][0]>(ins: Ins<T>, attrs: GlaAttrs): GlaSizes => {
  const [q, k, v, , , g, gv, initial, bonus] = ins;
  return glaSizes('gla.gla_grad', [q, k, v, g, gv, initial, bonus], attrs);
};

/** Where in `work` what begins, in numbers. */
function layout(sizes: GlaSizes, attrs: GlaAttrs) {
  const { B, T, H, K, V, N } = sizes;
  const tile = tileFor(K, HELD);
  const tiles = Math.ceil(V / tile.columns);
  const keys = B * T * H * K;
  const dvs = 3 * tiles * keys;
  const dgvs = dvs + B * T * H * V;
  const states = dgvs + B * T * H * V;
  const bonus = states + N * H * K * V;
  const kept = bonus + N * tiles * H * K;
  const most = Math.max(...runs(sizes, attrs).map((run) => run.count * (Math.ceil(run.length / CHUNK) + CHUNK)));
  return { tile, tiles, keys, dvs, dgvs, states, bonus, kept, end: kept + most * H * tiles * K * tile.columns };
}

/** The first states, column gates and bonus one behind the other: apart, they and the rest are more buffers than every adapter binds. */
function gather(ctx: WebgpuContext, present: readonly (Buffer | undefined)[]) {
  const starts: number[] = [];
  let end = 0;
  for (const arg of present) {
    starts.push(end);
    end += arg?.size ?? 0;
  }
  const buffer = ctx.scratch(end);
  present.forEach((arg, i) => arg && copyInto(ctx, arg, buffer, starts[i]!));
  return { buffer, gvs: starts[1]!, bonus: starts[2]! };
}

export const backwardKernel = defineKernel<WebgpuHandle, WebgpuContext>(glaGrad, {
  id: 'gla.gla_grad/webgpu',
  device: 'webgpu',
  supports: (ins, attrs: GlaAttrs, caps) => {
    const sizes = sizesOf(ins as unknown as Ins<NonNullable<(typeof ins)[number]>>, attrs);
    const narrow = fits(sizes.K, HELD);
    if (narrow !== true) return narrow;
    const bytes = 4 * layout(sizes, attrs).end;
    return bytes <= caps.maxBufferBytes || `its ${bytes} bytes of partial sums are more than one buffer holds`;
  },
  run(ctx, ins, outs, attrs: GlaAttrs) {
    const [q, k, v, dO, dFinal, g, gv, initial, bonus] = ins as unknown as Ins<Buffer>;
    const [dq, dk, dv, dg, dgv, dInitial, dBonus] = outs.map((out) => out.buffer) as WebgpuHandle[];
    const sizes = sizesOf(ins as unknown as Ins<Buffer>, attrs);
    const { gate, B, T, H, K, V, N } = sizes;
    const { tile, tiles, keys, ...at } = layout(sizes, attrs);
    const work = ctx.scratch(at.end);
    const more = gv !== undefined || bonus !== undefined;
    const extra = more ? gather(ctx, [initial, gv, bonus]) : { buffer: (initial ?? q).buffer, gvs: 0, bonus: 0 };
    for (const run of runs(sizes, attrs)) {
      ctx.dispatch(`gla.backward/${tile.columns}/${tile.cells}/${more}`, () => backwardProgram(tile, more), {
        ins: [...handles(q, k, v, dO, dFinal, g ?? q), extra.buffer],
        outs: [work],
        params: [
          ...[...values(sizes, attrs, run, tiles, !!initial), Number(!!gv), Number(!!bonus)],
          ...[keys, at.dvs, at.dgvs, at.states, at.bonus, at.kept, Math.ceil(run.length / CHUNK)],
          ...[extra.gvs, extra.bonus],
        ],
        size: run.count * H * tiles,
      });
    }
    const take = (start: number, to: WebgpuHandle, size: number, count = 1, step = 0) =>
      fold(ctx, work, to, size, { start, inner: Math.max(1, size), outerStep: 0, count, step });
    take(0, dq!, keys, tiles, 3 * keys);
    take(keys, dk!, keys, tiles, 3 * keys);
    take(at.dvs, dv!, B * T * H * V);
    if (gv) take(at.dgvs, dgv!, B * T * H * V);
    if (initial) take(at.states, dInitial!, N * H * K * V);
    if (bonus) take(at.bonus, dBonus!, H * K, N * tiles, H * K);
    if (gate === 'none') return;
    // A gate that many channels or tokens share takes the sum of what each would.
    const perKey = gate === 'vector' ? dg! : ctx.scratch(keys);
    take(2 * keys, perKey, keys, tiles, 3 * keys);
    if (gate === 'vector') return;
    const perRow = gate === 'scalar' ? dg! : ctx.scratch(B * T * H);
    fold(ctx, perKey, perRow, B * T * H, { start: 0, inner: 1, outerStep: K, count: K, step: 1 });
    if (gate === 'constant') sumRows(ctx, perRow, dg!, B * T, H);
  },
});
