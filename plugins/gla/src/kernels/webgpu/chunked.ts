// The chunked form (paper, section 4): everything inside the chunks in parallel, then one walk over the chunks per head and tile.
//
//   A[i, j] = scale Σ_d q_id k_jd e^(g_j+1 … g_i)    Q̃ = scale q ⊙ e^(g_1 … g_i)    K̃ = k ⊙ e^(g_j+1 … g_n)    D = e^(g_1 … g_n)
//   o = Q̃ S + A V      S ← D ⊙ S + K̃ᵀ V
//
// Every exponent is a sum of gates of its own, none a difference of running sums: closed gates (-∞) cost no precision and nothing overflows.
import type { Program, WebgpuArg, WebgpuContext } from '@paperzoo/device-webgpu';
import type { GlaAttrs, GlaSizes } from '../../ops/gla-shapes';
import { CHUNK, columnsFor, eachKey, f32, handles, LANES, PARAMS, places, runs, tokenFunctions, values } from './frame';

/** Of `parts`: per row Q̃ and K̃ [K] and A [C]; then per chunk D [K]. */
const LAYOUT = [...PARAMS, 'kTilde', 'scores', 'decays', 'chunks'];

const insideProgram = (gate: GlaSizes['gate']): Program => ({
  ins: f32('qs', 'ks', gate !== 'none' && 'gate'),
  outs: f32('parts'),
  params: LAYOUT,
  uses: ['expf'],
  kind: 'groups',
  lanes: LANES,
  declare: tokenFunctions(gate),
  body: `let h = group % p.H;
  let chunk = (group / p.H) % p.chunks;
  let s = group / (p.H * p.chunks);
  let start = chunk * ${CHUNK}u;
  let count = min(${CHUNK}u, p.length - start);
  for (var d = lane; d < p.K; d += ${LANES}u) {
    var so = 0.0;
    for (var i = 0u; i < count; i++) {
      let row = rowOf(start + i, s, h);
      so += gateOf(row, h, d);
      parts[row * p.K + d] = p.scale * qs[row * p.K + d] * closing(so);
    }
    so = 0.0;
    for (var left = count; left > 0u; left--) {
      let row = rowOf(start + left - 1u, s, h);
      parts[p.kTilde + row * p.K + d] = ks[row * p.K + d] * closing(so);
      so += gateOf(row, h, d);
    }
    parts[p.decays + ((s * p.H + h) * p.chunks + chunk) * p.K + d] = closing(so);
  }
  for (var e = lane; e < count * ${CHUNK}u; e += ${LANES}u) {
    let i = e / ${CHUNK}u;
    let j = e % ${CHUNK}u;
    let row = rowOf(start + i, s, h);
    var so = 0.0;
    if (j <= i) {
      let other = rowOf(start + j, s, h);
      for (var d = 0u; d < p.K; d++) {
        var between = 0.0;
        ${gate === 'none' ? '' : 'for (var t = j + 1u; t <= i; t++) { between += gateOf(rowOf(start + t, s, h), h, d); }'}
        so += qs[row * p.K + d] * ks[other * p.K + d] * closing(between);
      }
    }
    parts[p.scores + row * ${CHUNK}u + j] = p.scale * so;
  }`,
});

function walkProgram(initial: boolean, K: number): Program {
  const columns = columnsFor(K);
  const rows = LANES / columns;
  return {
    ins: f32('parts', 'vs', initial && 'initial'),
    outs: f32('os', 'final_'),
    params: LAYOUT,
    uses: ['expf'],
    kind: 'groups',
    lanes: LANES,
    declare: `${tokenFunctions('none')}
var<workgroup> S: array<f32, ${K * columns}>;
var<workgroup> tileV: array<f32, ${CHUNK * columns}>;`,
    body: `${places(columns)}
  let state = (n * p.H + h) * p.K;
  ${eachKey(columns, `S[d * ${columns}u + c] = 0.0; ${initial ? `if (live) { S[d * ${columns}u + c] = initial[(state + d) * p.V + column]; }` : ''}`)}
  for (var chunk = 0u; chunk < p.chunks; chunk++) {
    let start = chunk * ${CHUNK}u;
    let count = min(${CHUNK}u, p.length - start);
    for (var i = share; i < count; i += ${rows}u) {
      tileV[i * ${columns}u + c] = 0.0;
      if (live) { tileV[i * ${columns}u + c] = vs[rowOf(start + i, s, h) * p.V + column]; }
    }
    workgroupBarrier();
    for (var i = share; i < count; i += ${rows}u) {
      let row = rowOf(start + i, s, h);
      var so = 0.0;
      for (var d = 0u; d < p.K; d++) { so += parts[row * p.K + d] * S[d * ${columns}u + c]; }
      for (var j = 0u; j <= i; j++) { so += parts[p.scores + row * ${CHUNK}u + j] * tileV[j * ${columns}u + c]; }
      if (live) { os[row * p.V + column] = so; }
    }
    workgroupBarrier();
    ${eachKey(
      columns,
      `var so = parts[p.decays + ((s * p.H + h) * p.chunks + chunk) * p.K + d] * S[d * ${columns}u + c];
      for (var j = 0u; j < count; j++) { so += parts[p.kTilde + rowOf(start + j, s, h) * p.K + d] * tileV[j * ${columns}u + c]; }
      S[d * ${columns}u + c] = so;`,
    )}
    workgroupBarrier();
  }
  ${eachKey(columns, `if (live) { final_[(state + d) * p.V + column] = S[d * ${columns}u + c]; }`)}`,
  };
}

export function chunked(
  ctx: WebgpuContext,
  sizes: GlaSizes,
  attrs: GlaAttrs,
  ins: readonly (WebgpuArg | undefined)[],
  [o, final]: readonly WebgpuArg[],
): void {
  const { gate, B, T, H, K, V } = sizes;
  const [q, k, v, g, , initial] = ins;
  const tiles = Math.ceil(V / columnsFor(K));
  const keys = B * T * H * K;
  const scores = B * T * H * CHUNK;
  for (const run of runs(sizes, attrs)) {
    const chunks = Math.ceil(run.length / CHUNK);
    const params = [...values(sizes, attrs, run, tiles), keys, 2 * keys, 2 * keys + scores, chunks];
    const parts = ctx.scratch(2 * keys + scores + run.count * H * chunks * K);
    ctx.dispatch(`gla.inside/${gate}`, () => insideProgram(gate), {
      ins: handles(q, k, g),
      outs: [parts],
      params,
      size: run.count * H * chunks,
    });
    ctx.dispatch(`gla.walk/${!!initial}/${K}`, () => walkProgram(!!initial, K), {
      ins: [parts, ...handles(v, initial)],
      outs: handles(o, final),
      params,
      size: run.count * H * tiles,
    });
  }
}
