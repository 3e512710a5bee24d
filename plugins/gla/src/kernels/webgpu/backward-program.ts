// Gradients of the recurrence. A workgroup walks forwards once, keeping the state before each chunk, and then backwards chunk by chunk,
// computing a chunk's states again from what it kept.
//
//   P_t = α_t βᵗ ⊙ S_{t-1}, S_t = P_t + k_t v_tᵀ        dS_t = α_{t+1} β ⊙ dS_{t+1} + scale q_t dO_tᵀ
//   dq_t = scale S_t dO_t    dk_t = dS_t v_t    dv_t = dS_tᵀ k_t    dg_t = Σ_v dS_t ⊙ P_t    dgv_t = Σ_d dS_t ⊙ P_t
//
// No difference of large sums anywhere. Exclusive reading takes S_{t-1} for S_t in dq, lets scale q_t dO_tᵀ join dS only after token t, and
// adds what the token itself contributes through the bonus u:
//
//   w = scale v_t · dO_t    dq_t += u ⊙ k_t w    dk_t += u ⊙ q_t w    du += q_t ⊙ k_t w    dv_t += scale (Σ_d q u k) dO_t
import type { Program } from '@paperzoo/device-webgpu';
import { CHUNK, eachKey, f32, LANES, PARAMS, places, TOKENS, type Tile } from './frame';

/**
 * Of `work`: per tile dq, dk and dg [rows · K]; per row dv and, of column gates, dgv [V]; the first states' gradients; per sequence and tile
 * du [H · K]; per workgroup the kept states and those of one chunk. Of `extra`: the first states, column gates and the bonus.
 */
export const LAYOUT = [
  ...[...PARAMS, 'valueGated', 'exclusive', 'keys', 'dvs', 'dgvs', 'dInitial', 'dBonus', 'kept', 'chunks'],
  ...['gvs', 'bonus'],
];

/** Of the lane's column: the token's value, and e to its column gate. */
const column = (more: boolean) => `let row = rowOf(step, s, h);
      var value = 0.0;
      if (live) { value = vs[row * p.V + column]; }
      let beta = ${more ? 'betaOf(row, column)' : '1.0'};`;

/** `more`: with column gates or a bonus. */
export function backwardProgram(tile: Tile, more: boolean): Program {
  const { columns, cells } = tile;
  const enter = `S[at] = S[at] * closing(gateOf(row, h, d)) * beta + ks[row * p.K + d] * value;`;
  return {
    ins: f32('qs', 'ks', 'vs', 'dOs', 'dFinal', 'gate', 'extra'),
    outs: f32('work'),
    params: LAYOUT,
    uses: ['expf'],
    kind: 'groups',
    lanes: LANES,
    declare: `${TOKENS}
fn betaOf(row: u32, column: u32) -> f32 {
  if (p.valueGated == 0u || column >= p.V) { return 1.0; }
  return closing(extra[p.gvs + row * p.V + column]);
}
var<workgroup> S: array<f32, ${cells}>;
var<workgroup> dS: array<f32, ${cells}>;
var<workgroup> v: array<f32, ${columns}>;
var<workgroup> dO: array<f32, ${columns}>;
var<workgroup> betas: array<f32, ${columns}>;`,
    body: `${places(tile)}
  let size = p.K * ${columns}u;
  let kept = p.kept + group * (p.chunks + ${CHUNK}u) * size;
  let now = kept + p.chunks * size;
  let sums = tile * p.keys * 3u;
  let shared_ = p.dBonus + ((n * p.tiles + tile) * p.H + h) * p.K;
  ${eachKey(
    tile,
    `S[at] = 0.0; dS[at] = 0.0;
    if (live) {
      if (p.initialized == 1u) { S[at] = extra[(state + d) * p.V + column]; }
      dS[at] = dFinal[(state + d) * p.V + column];
    }`,
  )}
  ${more ? `if (p.exclusive == 1u) { for (var d = lane; d < p.K; d += ${LANES}u) { work[shared_ + d] = 0.0; } }` : ''}
  for (var chunk = 0u; chunk < p.chunks; chunk++) {
    ${eachKey(tile, 'work[kept + chunk * size + at] = S[at];')}
    for (var step = chunk * ${CHUNK}u; step < min(p.length, (chunk + 1u) * ${CHUNK}u); step++) {
      ${column(more)}
      ${eachKey(tile, enter)}
    }
  }
  for (var left = p.chunks; left > 0u; left--) {
    let start = (left - 1u) * ${CHUNK}u;
    let count = min(${CHUNK}u, p.length - start);
    ${eachKey(tile, 'S[at] = work[kept + (left - 1u) * size + at];')}
    for (var step = start; step < start + count; step++) {
      ${column(more)}
      ${eachKey(tile, `work[now + (step - start) * size + at] = S[at]; ${enter}`)}
    }
    storageBarrier();
    for (var back = count; back > 0u; back--) {
      let step = start + back - 1u;
      let before = now + (back - 1u) * size;
      ${column(more)}
      var slope = 0.0;
      if (live) { slope = p.scale * dOs[row * p.V + column]; }
      if (share == 0u) { dO[c] = slope; v[c] = value; betas[c] = beta; }
      ${more ? 'if (p.exclusive == 0u) {' : ''} ${eachKey(tile, 'dS[at] += qs[row * p.K + d] * slope;')} ${more ? '}' : ''}
      workgroupBarrier();
      for (var d = lane; d < p.K; d += ${LANES}u) {
        let q = qs[row * p.K + d];
        let k = ks[row * p.K + d];
        let a = closing(gateOf(row, h, d));
        var dq = 0.0; var dk = 0.0; var dg = 0.0; var own = 0.0;
        for (var e = 0u; e < ${columns}u; e++) {
          let earlier = work[before + d * ${columns}u + e];
          let decayed = a * betas[e] * earlier;
          let g = dS[d * ${columns}u + e];
          ${more ? 'dq += select(decayed + k * v[e], earlier, p.exclusive == 1u) * dO[e];' : 'dq += (decayed + k * v[e]) * dO[e];'}
          dk += g * v[e];
          dg += g * decayed;
          ${more ? 'own += v[e] * dO[e];' : ''}
        }
        ${
          more
            ? `if (p.exclusive == 1u) {
          let u = extra[p.bonus + h * p.K + d];
          dq += u * k * own; dk += u * q * own; work[shared_ + d] += q * k * own;
        }`
            : ''
        }
        let to = sums + row * p.K + d;
        work[to] = dq; work[to + p.keys] = dk; work[to + 2u * p.keys] = dg;
      }
      if (lane < ${columns}u && live) {
        var dv = 0.0; var dgv = 0.0; var own = 0.0;
        for (var d = 0u; d < p.K; d++) {
          let g = dS[d * ${columns}u + c];
          let k = ks[row * p.K + d];
          dv += g * k;
          ${
            more
              ? `if (p.valueGated == 1u) { dgv += g * closing(gateOf(row, h, d)) * beta * work[before + d * ${columns}u + c]; }
          if (p.exclusive == 1u) { own += qs[row * p.K + d] * extra[p.bonus + h * p.K + d] * k; }`
              : ''
          }
        }
        work[p.dvs + row * p.V + column] = dv + own * slope;
        ${more ? 'if (p.valueGated == 1u) { work[p.dgvs + row * p.V + column] = dgv; }' : ''}
      }
      workgroupBarrier();
      ${eachKey(
        tile,
        `let passed = closing(gateOf(row, h, d)) * beta * dS[at];
        ${more ? 'if (p.exclusive == 1u) { dS[at] = passed + qs[row * p.K + d] * slope; } else { dS[at] = passed; }' : 'dS[at] = passed;'}`,
      )}
    }
    workgroupBarrier();
  }
  ${eachKey(tile, 'if (live) { work[p.dInitial + (state + d) * p.V + column] = dS[at]; }')}`,
  };
}
