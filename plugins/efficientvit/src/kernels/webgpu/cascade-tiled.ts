// The cascade where its sizes allow vectors and workgroup memory, as in every published model (windows of 7×7 or fewer tokens, d = 16).
import type { Program } from '@paperzoo/device-webgpu';

/** Most tokens of a window and most channels of a query: scores, queries and keys then take 15.9 of the 16 KiB that every adapter grants. */
const MOST_TOKENS = 49;
const MOST_KEYS = 16;
/** Sides of kernels travel in 4 bits each. */
const MOST_HEADS = 8;
const MOST_SIDE = 15;
const LANES = 128;

/** Whether the sizes divide into vectors and what heads share fits into workgroup memory: windows of T tokens, Q and K d wide, V v wide. */
export const isTiled = (tokens: number, d: number, v: number, kernels: readonly number[]): boolean =>
  tokens <= MOST_TOKENS &&
  d <= MOST_KEYS &&
  d % 4 === 0 &&
  v % 4 === 0 &&
  kernels.length <= MOST_HEADS &&
  kernels.every((side) => side <= MOST_SIDE);

/** Sides of the heads' depthwise kernels in one number. */
export const packSides = (kernels: readonly number[]): number =>
  kernels.reduce((packed, side, head) => (packed | (side << (4 * head))) >>> 0, 0);

/** Elements of `work` per window: f and V. */
export const workOfTiled = (tokens: number, v: number): number => 2 * tokens * v;

const each = (count: string, code: string) =>
  `for (var e = lane; e < ${count}; e += ${LANES}u) {\n      ${code}\n    }`;
/** The last tile's surplus tokens repeat the last one and are not written. */
const token = (i: number) => `min(4u * row + ${i}u, T - 1u)`;
const four = (code: (i: number) => string) => [0, 1, 2, 3].map(code).join('\n      ');
const both = 'workgroupBarrier();\n    storageBarrier();';

/**
 * A window per workgroup, head after head. T tokens; f [T, v] is a head's input, the slice of x plus the head before. Tiles of 4 tokens by 4
 * columns keep sixteen sums in registers: projecting reads 8 vectors for 64 multiply-adds, where one sum at a time reads 128 numbers. Raw
 * queries (in the place of the scores), mixed queries, keys and scores stay in workgroup memory; f and V, too wide for it, in `work`.
 * Sizes are parameters, so that one shader serves all stages of all models: software adapters take seconds to set up 16 KiB of such memory.
 */
export const tiledCascade: Program = {
  ins: [
    ['xs', 'vec4f'],
    ['qkvWeight', 'vec4f'],
    ['qkvBias', 'vec4f'],
    ['dwWeight', 'vec4f'],
    ['dwBias', 'vec4f'],
    ['bias', 'f32'],
  ],
  outs: [
    ['ys', 'vec4f'],
    ['work', 'vec4f'],
  ],
  params: ['height', 'width_', 'rows', 'across', 'window', 'd', 'v', 'heads', 'sides'],
  uses: ['expf'],
  kind: 'groups',
  lanes: LANES,
  declare: `var<workgroup> scores: array<f32, ${MOST_TOKENS ** 2}>;
var<workgroup> queries: array<vec4f, ${(MOST_TOKENS * MOST_KEYS) / 4}>;
var<workgroup> keys: array<vec4f, ${(MOST_TOKENS * MOST_KEYS) / 4}>;
/** Index of a token's first vector in the map; 4294967295 for the padding. */
fn place(group: u32, t: u32) -> u32 {
  let image = group / (p.rows * p.across);
  let y = ((group / p.across) % p.rows) * p.window + t / p.window;
  let x = (group % p.across) * p.window + t % p.window;
  return select(4294967295u, ((image * p.height + y) * p.width_ + x) * p.heads * p.v, y < p.height && x < p.width_);
}
fn slice(group: u32, t: u32, at: u32) -> vec4f {
  let start = place(group, t);
  if (start == 4294967295u) { return vec4f(0.0); }
  return xs[start + at];
}`,
  body: `let W = p.window;
  let T = W * W;
  let D = p.d;
  let V = p.v;
  let COLUMNS = 2u * D + V;
  let TILES = (T + 3u) / 4u;
  let f = group * 2u * T * V;
  let values = f + T * V;
  ${each('T * V', 'work[f + e] = slice(group, e / V, e % V);')}
  storageBarrier();
  var taps = 0u;
  for (var j = 0u; j < p.heads; j++) {
    // [Q | K | V] = f · qkvWeightᵀ + qkvBias
    ${each(
      'TILES * COLUMNS',
      `let row = e / COLUMNS; let column = e % COLUMNS;
      let weight = (j * COLUMNS + column) * 4u * V;
      let start = qkvBias[j * COLUMNS + column];
      ${four((i) => `var so${i} = start; let from${i} = f + ${token(i)} * V;`)}
      for (var k = 0u; k < V; k++) {
        let w0 = qkvWeight[weight + k]; let w1 = qkvWeight[weight + V + k];
        let w2 = qkvWeight[weight + 2u * V + k]; let w3 = qkvWeight[weight + 3u * V + k];
        ${four((i) => `let x${i} = work[from${i} + k]; so${i} += vec4f(dot(x${i}, w0), dot(x${i}, w1), dot(x${i}, w2), dot(x${i}, w3));`)}
      }
      var sums = array(so0, so1, so2, so3);
      for (var i = 0u; i < 4u; i++) {
        let t = 4u * row + i;
        if (t >= T) { break; }
        if (column < D) {
          let to = 4u * (t * D + column);
          for (var l = 0u; l < 4u; l++) { scores[to + l] = sums[i][l]; }
        } else if (column < 2u * D) { keys[t * D + column - D] = sums[i]; } else { work[values + t * V + column - 2u * D] = sums[i]; }
      }`,
    )}
    ${both}
    // Q ← depthwise convolution of Q within the window
    let s = (p.sides >> (4u * j)) & 15u;
    ${each(
      'T * D',
      `let t = e / D; let c = e % D;
      var so = dwBias[j * D + c];
      for (var ky = 0u; ky < s; ky++) {
        let y = t / W + ky - s / 2u;
        if (y >= W) { continue; }
        for (var kx = 0u; kx < s; kx++) {
          let x = t % W + kx - s / 2u;
          if (x >= W) { continue; }
          let q = 4u * ((y * W + x) * D + c);
          so += vec4f(scores[q], scores[q + 1u], scores[q + 2u], scores[q + 3u]) * dwWeight[taps + (ky * s + kx) * D + c];
        }
      }
      queries[e] = so;`,
    )}
    taps += s * s * D;
    workgroupBarrier();
    // scores = Q · Kᵀ + bias
    ${each(
      'TILES * T',
      `let row = e / T; let m = e % T;
      ${four((i) => `var so${i} = 0.0;`)}
      for (var k = 0u; k < D; k++) {
        let key = keys[m * D + k];
        ${four((i) => `so${i} += dot(queries[${token(i)} * D + k], key);`)}
      }
      var sums = vec4f(so0, so1, so2, so3);
      for (var i = 0u; i < 4u; i++) {
        let to = (4u * row + i) * T + m;
        if (4u * row + i >= T) { break; }
        scores[to] = sums[i] + bias[j * T * T + to];
      }`,
    )}
    workgroupBarrier();
    ${each(
      'T',
      `var top = scores[e * T];
      for (var m = 1u; m < T; m++) { top = max(top, scores[e * T + m]); }
      // Queries have been used.
      queries[e] = vec4f(top);`,
    )}
    workgroupBarrier();
    ${each('T * T', 'scores[e] = expf(scores[e] - queries[e / T].x);')}
    workgroupBarrier();
    // softmax · V; the weights' sum is added up on the way. y takes its ReLU, the next head its sum with the next slice.
    ${each(
      'TILES * V',
      `let row = e / V; let c = e % V;
      ${four((i) => `var so${i} = vec4f(0.0); var total${i} = 0.0;`)}
      for (var m = 0u; m < T; m++) {
        let value = work[values + m * V + c];
        ${four((i) => `let a${i} = scores[${token(i)} * T + m]; so${i} += a${i} * value; total${i} += a${i};`)}
      }
      var sums = array(so0 / total0, so1 / total1, so2 / total2, so3 / total3);
      for (var i = 0u; i < 4u; i++) {
        let t = 4u * row + i;
        if (t >= T) { break; }
        let start = place(group, t);
        if (start != 4294967295u) { ys[start + j * V + c] = max(sums[i], vec4f(0.0)); }
        if (j + 1u < p.heads) { work[f + t * V + c] = sums[i] + slice(group, t, (j + 1u) * V + c); }
      }`,
    )}
    ${both}
  }`,
};
