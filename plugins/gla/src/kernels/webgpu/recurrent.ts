// The definition, token by token, with the state in workgroup memory: for decoding, and for what the chunked form does not cover.
import type { Program, WebgpuArg, WebgpuContext } from '@paperzoo/device-webgpu';
import type { GlaAttrs, GlaSizes } from '../../ops/gla-shapes';
import { copyInto } from './copy';
import { eachKey, f32, handles, LANES, PARAMS, places, runs, TOKENS, tileFor, values, type Tile } from './frame';

/** `more`: with column gates or a bonus. Adapters bind eight buffers for certain, so the first state then lies in the last one's. */
function recurrentProgram(tile: Tile, more: boolean): Program {
  const { columns, cells } = tile;
  const shares = Array.from({ length: LANES / columns }, (_, i) => `parts[c + ${i * columns}u]`);
  return {
    ins: f32('qs', 'ks', 'vs', 'gate', more && 'gvs', more && 'bonus', !more && 'initial'),
    outs: f32('os', 'final_'),
    params: [...PARAMS, 'valueGated', 'exclusive'],
    uses: ['expf'],
    kind: 'groups',
    lanes: LANES,
    declare: `${TOKENS}
var<workgroup> S: array<f32, ${cells}>;
var<workgroup> parts: array<f32, ${LANES}>;`,
    body: `${places(tile)}
  ${eachKey(tile, `S[at] = 0.0; if (live && p.initialized == 1u) { S[at] = ${more ? 'final_' : 'initial'}[(state + d) * p.V + column]; }`)}
  for (var step = 0u; step < p.length; step++) {
    let row = rowOf(step, s, h);
    var v = 0.0;
    if (live) { v = vs[row * p.V + column]; }
    ${more ? 'var beta = 1.0; if (live && p.valueGated == 1u) { beta = closing(gvs[row * p.V + column]); }' : ''}
    var o = 0.0;
    ${eachKey(
      tile,
      `let q = qs[row * p.K + d]; let k = ks[row * p.K + d];
      let before = S[at];
      let now = before * closing(gateOf(row, h, d)) ${more ? '* beta ' : ''}+ k * v;
      S[at] = now;
      ${more ? 'if (p.exclusive == 1u) { o += q * (before + bonus[h * p.K + d] * k * v); } else { o += q * now; }' : 'o += q * now;'}`,
    )}
    parts[lane] = o;
    workgroupBarrier();
    if (share == 0u && live) { os[row * p.V + column] = p.scale * (${shares.join(' + ')}); }
    workgroupBarrier();
  }
  ${eachKey(tile, 'if (live) { final_[(state + d) * p.V + column] = S[at]; }')}`,
  };
}

export function recurrent(
  ctx: WebgpuContext,
  sizes: GlaSizes,
  attrs: GlaAttrs,
  ins: readonly (WebgpuArg | undefined)[],
  [o, final]: readonly WebgpuArg[],
): void {
  const { K, V, H } = sizes;
  const [q, k, v, g, gv, initial, bonus] = ins;
  const more = gv !== undefined || bonus !== undefined;
  if (more && initial) copyInto(ctx, initial, final!.buffer, 0);
  const tile = tileFor(K);
  const tiles = Math.ceil(V / tile.columns);
  // What is absent is bound as something that is not read.
  const rest = more ? [gv ?? q, bonus ?? q] : [initial ?? q];
  for (const run of runs(sizes, attrs)) {
    ctx.dispatch(`gla.recurrent/${tile.columns}/${tile.cells}/${more}`, () => recurrentProgram(tile, more), {
      ins: handles(q, k, v, g ?? q, ...rest),
      outs: handles(o, final),
      params: [...values(sizes, attrs, run, tiles, !!initial), Number(!!gv), Number(!!bonus)],
      size: run.count * H * tiles,
    });
  }
}
