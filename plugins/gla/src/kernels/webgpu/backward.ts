// Gradients of the recurrence. A workgroup walks forwards once, keeping the state before each chunk, and then backwards chunk by chunk,
// computing a chunk's states again from what it kept.
//
//   P_t = α_t ⊙ S_{t-1}, S_t = P_t + k_t v_tᵀ      dS_t = α_{t+1} ⊙ dS_{t+1} + scale q_t dO_tᵀ
//   dq_t = scale S_t dO_t    dk_t = dS_t v_t    dv_t = dS_tᵀ k_t    dg_t = Σ_v dS_t ⊙ P_t: no difference of large sums anywhere
import { defineKernel } from '@paperzoo/core';
import type { Program, WebgpuArg, WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import { glaGrad } from '../../ops/gla-grad';
import { glaSizes, type GateKind, type GlaAttrs, type GlaSizes } from '../../ops/gla-shapes';
import { fold, type Fold } from './fold';
import { CHUNK, columnsFor, eachKey, f32, handles, LANES, PARAMS, places, runs, tokenFunctions, values } from './frame';

/** Of `work`: per tile dq, dk and dg [rows · K]; dv [rows · V]; the first states' gradients; per workgroup the kept states and one chunk's P. */
const LAYOUT = [...PARAMS, 'keys', 'dvs', 'dInitial', 'kept', 'chunks'];

/** Two tiles, of S and of dS, share the workgroup's memory. */
const tileColumns = (K: number) => columnsFor(2 * K);

function backwardProgram(gate: GateKind, initial: boolean, K: number): Program {
  const columns = tileColumns(K);
  const at = `d * ${columns}u + c`;
  const decay = (row: string) => (gate === 'none' ? '' : `closing(gateOf(${row}, h, d)) * `);
  return {
    ins: f32('qs', 'ks', 'vs', 'dOs', 'dFinal', gate !== 'none' && 'gate', initial && 'initial'),
    outs: f32('work'),
    params: LAYOUT,
    uses: ['expf'],
    kind: 'groups',
    lanes: LANES,
    declare: `${tokenFunctions(gate)}
var<workgroup> S: array<f32, ${K * columns}>;
var<workgroup> dS: array<f32, ${K * columns}>;
var<workgroup> v: array<f32, ${columns}>;
var<workgroup> dO: array<f32, ${columns}>;`,
    body: `${places(columns)}
  let state = (n * p.H + h) * p.K;
  let size = p.K * ${columns}u;
  let kept = p.kept + group * (p.chunks + ${CHUNK}u) * size;
  let now = kept + p.chunks * size;
  let sums = tile * p.keys * 3u;
  ${eachKey(
    columns,
    `S[${at}] = 0.0; dS[${at}] = 0.0;
    if (live) { ${initial ? `S[${at}] = initial[(state + d) * p.V + column];` : ''} dS[${at}] = dFinal[(state + d) * p.V + column]; }`,
  )}
  for (var chunk = 0u; chunk < p.chunks; chunk++) {
    ${eachKey(columns, `work[kept + chunk * size + ${at}] = S[${at}];`)}
    for (var step = chunk * ${CHUNK}u; step < min(p.length, (chunk + 1u) * ${CHUNK}u); step++) {
      let row = rowOf(step, s, h);
      var value = 0.0;
      if (live) { value = vs[row * p.V + column]; }
      ${eachKey(columns, `S[${at}] = ${decay('row')}S[${at}] + ks[row * p.K + d] * value;`)}
    }
  }
  for (var left = p.chunks; left > 0u; left--) {
    let start = (left - 1u) * ${CHUNK}u;
    let count = min(${CHUNK}u, p.length - start);
    ${eachKey(columns, `S[${at}] = work[kept + (left - 1u) * size + ${at}];`)}
    for (var i = 0u; i < count; i++) {
      let row = rowOf(start + i, s, h);
      var value = 0.0;
      if (live) { value = vs[row * p.V + column]; }
      ${eachKey(columns, `let before = ${decay('row')}S[${at}]; work[now + i * size + ${at}] = before; S[${at}] = before + ks[row * p.K + d] * value;`)}
    }
    storageBarrier();
    for (var back = count; back > 0u; back--) {
      let i = back - 1u;
      let row = rowOf(start + i, s, h);
      var slope = 0.0;
      if (live) { slope = p.scale * dOs[row * p.V + column]; }
      if (share == 0u) {
        dO[c] = slope;
        v[c] = 0.0;
        if (live) { v[c] = vs[row * p.V + column]; }
      }
      ${eachKey(columns, `dS[${at}] += qs[row * p.K + d] * slope;`)}
      workgroupBarrier();
      for (var d = lane; d < p.K; d += ${LANES}u) {
        let k = ks[row * p.K + d];
        var dq = 0.0; var dk = 0.0; var dg = 0.0;
        for (var e = 0u; e < ${columns}u; e++) {
          let before = work[now + i * size + d * ${columns}u + e];
          let g = dS[d * ${columns}u + e];
          dq += (before + k * v[e]) * dO[e];
          dk += g * v[e];
          dg += g * before;
        }
        let to = sums + row * p.K + d;
        work[to] = dq; work[to + p.keys] = dk; work[to + 2u * p.keys] = dg;
      }
      if (lane < ${columns}u && live) {
        var dv = 0.0;
        for (var d = 0u; d < p.K; d++) { dv += dS[${at}] * ks[row * p.K + d]; }
        work[p.dvs + row * p.V + column] = dv;
      }
      workgroupBarrier();
      ${eachKey(columns, `dS[${at}] = ${decay('row')}dS[${at}];`)}
    }
    workgroupBarrier();
  }
  ${eachKey(columns, `if (live) { work[p.dInitial + (state + d) * p.V + column] = dS[${at}]; }`)}`,
  };
}

const sized = (size: number, start: number): Fold => ({
  start,
  inner: Math.max(1, size),
  outerStep: 0,
  count: 1,
  step: 0,
});

/** Where in `work` what begins, in numbers. */
function layout(sizes: GlaSizes, attrs: GlaAttrs) {
  const { B, T, H, K, V, N } = sizes;
  const columns = tileColumns(K);
  const tiles = Math.ceil(V / columns);
  const keys = B * T * H * K;
  const dvs = 3 * tiles * keys;
  const states = dvs + B * T * H * V;
  const kept = states + N * H * K * V;
  const most = Math.max(...runs(sizes, attrs).map((run) => run.count * (Math.ceil(run.length / CHUNK) + CHUNK)));
  return { tiles, keys, dvs, states, kept, end: kept + most * H * tiles * K * columns };
}

export const backwardKernel = defineKernel<WebgpuHandle, WebgpuContext>(glaGrad, {
  id: 'gla.gla_grad/webgpu',
  device: 'webgpu',
  supports: (ins, attrs: GlaAttrs, caps) => {
    const [q, k, v, , , g, gv, initial, bonus] = ins;
    if (gv || bonus) return 'column gates and a bonus have gradients by the composite only';
    const sizes = glaSizes('gla.gla_grad', [q!, k!, v!, g, undefined, initial, undefined], attrs);
    const bytes = 4 * layout(sizes, attrs).end;
    return bytes <= caps.maxBufferBytes || `its ${bytes} bytes of partial sums are more than one buffer holds`;
  },
  run(ctx, ins, [dq, dk, dv, dg, , dInitial], attrs: GlaAttrs) {
    const [q, k, v, dO, dFinal, g, , initial] = ins as readonly (WebgpuArg | undefined)[];
    const sizes = glaSizes('gla.gla_grad', [q!, k!, v!, g, undefined, initial, undefined], attrs);
    const { gate, B, T, H, K } = sizes;
    const all = runs(sizes, attrs);
    const { tiles, keys, dvs, states, kept, end } = layout(sizes, attrs);
    const work = ctx.scratch(end);
    for (const run of all) {
      const chunks = Math.ceil(run.length / CHUNK);
      ctx.dispatch(`gla.backward/${gate}/${!!initial}/${K}`, () => backwardProgram(gate, !!initial, K), {
        ins: handles(q, k, v, dO, dFinal, g, initial),
        outs: [work],
        params: [...values(sizes, attrs, run, tiles), keys, dvs, states, kept, chunks],
        size: run.count * H * tiles,
      });
    }
    const overTiles = (start: number): Fold => ({ start, inner: keys, outerStep: 0, count: tiles, step: 3 * keys });
    if (keys > 0) {
      fold(ctx, work, dq!.buffer, keys, overTiles(0));
      fold(ctx, work, dk!.buffer, keys, overTiles(keys));
      fold(ctx, work, dv!.buffer, dv!.size, sized(dv!.size, dvs));
    }
    if (initial) fold(ctx, work, dInitial!.buffer, dInitial!.size, sized(dInitial!.size, states));
    if (gate === 'none') return;
    // A gate that many channels or tokens share takes the sum of what each would.
    const perKey = gate === 'vector' ? dg!.buffer : ctx.scratch(keys);
    fold(ctx, work, perKey, keys, overTiles(2 * keys));
    if (gate === 'vector') return;
    const perRow = gate === 'scalar' ? dg!.buffer : ctx.scratch(B * T * H);
    fold(ctx, perKey, perRow, B * T * H, { start: 0, inner: 1, outerStep: K, count: K, step: 1 });
    if (gate === 'constant')
      fold(ctx, perRow, dg!.buffer, H, { start: 0, inner: H, outerStep: 0, count: B * T, step: H });
  },
});
