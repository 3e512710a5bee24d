// The chunked form (paper, section 4): everything inside the chunks in parallel, then one walk over the chunks per head and tile.
//
//   A[i, j] = scale Σ_d q_id k_jd e^(g_j+1 … g_i)    Q̃ = scale q ⊙ e^(g_1 … g_i)    K̃ = k ⊙ e^(g_j+1 … g_n)    D = e^(g_1 … g_n)
//   o = Q̃ S + A V      S ← D ⊙ S + K̃ᵀ V
//
// Every exponent is a sum of gates of its own, none a difference of running sums: closed gates (-∞) cost no precision and nothing overflows.
import type { Program, WebgpuArg, WebgpuContext } from '@paperzoo/device-webgpu';
import type { GlaAttrs, GlaSizes } from '../../ops/gla-shapes';
import {
  CHUNK,
  eachKey,
  f32,
  handles,
  LANES,
  PARAMS,
  places,
  ROWS,
  runs,
  TOKENS,
  tileFor,
  values,
  type Tile,
} from './frame';

/** Of `parts`: per row Q̃ and K̃ [K] and A [C]; then per chunk D [K]. */
const LAYOUT = [...PARAMS, 'kTilde', 'scores', 'decays', 'chunks'];

const insideProgram: Program = {
  ins: f32('qs', 'ks', 'gate'),
  outs: f32('parts'),
  params: LAYOUT,
  uses: ['expf'],
  kind: 'groups',
  lanes: LANES,
  declare: TOKENS,
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
        if (p.gated == 1u) { for (var t = j + 1u; t <= i; t++) { between += gateOf(rowOf(start + t, s, h), h, d); } }
        so += qs[row * p.K + d] * ks[other * p.K + d] * closing(between);
      }
    }
    parts[p.scores + row * ${CHUNK}u + j] = p.scale * so;
  }`,
};

function walkProgram(tile: Tile): Program {
  const { columns, cells } = tile;
  const rows = LANES / columns;
  return {
    ins: f32('parts', 'vs', 'initial'),
    outs: f32('os', 'final_'),
    params: LAYOUT,
    kind: 'groups',
    lanes: LANES,
    declare: `${ROWS}
var<workgroup> S: array<f32, ${cells}>;
var<workgroup> tileV: array<f32, ${CHUNK * columns}>;`,
    body: `${places(tile)}
  ${eachKey(tile, 'S[at] = 0.0; if (live && p.initialized == 1u) { S[at] = initial[(state + d) * p.V + column]; }')}
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
      tile,
      `var so = parts[p.decays + ((s * p.H + h) * p.chunks + chunk) * p.K + d] * S[at];
      for (var j = 0u; j < count; j++) { so += parts[p.kTilde + rowOf(start + j, s, h) * p.K + d] * tileV[j * ${columns}u + c]; }
      S[at] = so;`,
    )}
    workgroupBarrier();
  }
  ${eachKey(tile, 'if (live) { final_[(state + d) * p.V + column] = S[at]; }')}`,
  };
}

export function chunked(
  ctx: WebgpuContext,
  sizes: GlaSizes,
  attrs: GlaAttrs,
  ins: readonly (WebgpuArg | undefined)[],
  [o, final]: readonly WebgpuArg[],
): void {
  const { B, T, H, K, V } = sizes;
  const [q, k, v, g, , initial] = ins;
  const tile = tileFor(K);
  const tiles = Math.ceil(V / tile.columns);
  const keys = B * T * H * K;
  const scores = B * T * H * CHUNK;
  // What is absent is bound as something that is not read.
  for (const run of runs(sizes, attrs)) {
    const chunks = Math.ceil(run.length / CHUNK);
    const params = [...values(sizes, attrs, run, tiles, !!initial), ...[keys, 2 * keys, 2 * keys + scores, chunks]];
    const parts = ctx.scratch(2 * keys + scores + run.count * H * chunks * K);
    ctx.dispatch('gla.inside', () => insideProgram, {
      ins: handles(q, k, g ?? q),
      outs: [parts],
      params,
      size: run.count * H * chunks,
    });
    ctx.dispatch(`gla.walk/${tile.columns}/${tile.cells}`, () => walkProgram(tile), {
      ins: [parts, ...handles(v, initial ?? v)],
      outs: handles(o, final),
      params,
      size: run.count * H * tiles,
    });
  }
}
