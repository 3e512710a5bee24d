import type { Program } from '@paperzoo/device-webgpu';

/** Invocations of a workgroup. */
const LANES = 128;
/** Runs `code` for each `e` below `count`, shared by the lanes, and waits until all are done. */
const each = (count: string, code: string) =>
  `for (var e = lane; e < ${count}; e += ${LANES}u) { ${code} }\n    storageBarrier();`;

/** Elements of `work` per window. */
export const workOfAny = (tokens: number, d: number, v: number): number => tokens * (2 * d + v + d + tokens + v);

/**
 * A window per workgroup, its heads one after the other as the cascade wants, at any size: everything in between is in storage. T tokens of
 * width v; Q and K of width d. In `work`, per window: Q, K and V [T, 2d + v], the queries behind their depthwise convolution [T, d], the
 * scores [T, T], and f, a head's input and then output.
 */
export const anyCascade = (kernels: readonly number[]): Program => ({
  ins: ['xs', 'qkvWeight', 'qkvBias', 'dwWeight', 'dwBias', 'bias'].map((name) => [name, 'f32'] as const),
  outs: [
    ['ys', 'f32'],
    ['work', 'f32'],
  ],
  params: ['height', 'width_', 'channels', 'window', 'rows', 'across', 'd', 'v'],
  uses: ['expf'],
  kind: 'groups',
  lanes: LANES,
  declare: `fn side(head: u32) -> u32 { switch (head) { ${kernels.map((k, j) => `case ${j}u: { return ${k}u; }`).join(' ')} default: { return 0u; } } }`,
  body: `let T = p.window * p.window;
  let columns = 2u * p.d + p.v;
  let qkv = group * (T * (columns + p.d + T + p.v));
  let mixed = qkv + T * columns;
  let scores = mixed + T * p.d;
  let f = scores + T * T;
  let image = group / (p.rows * p.across);
  let top = ((group / p.across) % p.rows) * p.window;
  let left = (group % p.across) * p.window;
  var taps = 0u;
  for (var j = 0u; j < ${kernels.length}u; j++) {
    ${each(
      'T * p.v',
      `let y = top + (e / p.v) / p.window; let x = left + (e / p.v) % p.window;
      var value = 0.0;
      if (y < p.height && x < p.width_) { value = xs[((image * p.height + y) * p.width_ + x) * p.channels + j * p.v + e % p.v]; }
      if (j > 0u) { value += work[f + e]; }
      work[f + e] = value;`,
    )}
    ${each(
      'T * columns',
      `let t = e / columns; let c = j * columns + e % columns;
      var so = qkvBias[c];
      for (var k = 0u; k < p.v; k++) { so += work[f + t * p.v + k] * qkvWeight[c * p.v + k]; }
      work[qkv + e] = so;`,
    )}
    let s = side(j);
    ${each(
      'T * p.d',
      `let y = (e / p.d) / p.window; let x = (e / p.d) % p.window; let c = e % p.d;
      var so = dwBias[j * p.d + c];
      for (var ky = 0u; ky < s; ky++) { for (var kx = 0u; kx < s; kx++) {
        let v = y + ky - s / 2u; let u = x + kx - s / 2u;
        if (v < p.window && u < p.window) { so += work[qkv + (v * p.window + u) * columns + c] * dwWeight[taps + (ky * s + kx) * p.d + c]; }
      } }
      work[mixed + e] = so;`,
    )}
    taps += s * s * p.d;
    ${each(
      'T * T',
      `let n = e / T; let m = e % T;
      var so = bias[j * T * T + e];
      for (var k = 0u; k < p.d; k++) { so += work[mixed + n * p.d + k] * work[qkv + m * columns + p.d + k]; }
      work[scores + e] = so;`,
    )}
    ${each(
      'T',
      `let row = scores + e * T;
      var highest = work[row];
      for (var m = 1u; m < T; m++) { highest = max(highest, work[row + m]); }
      var total = 0.0;
      for (var m = 0u; m < T; m++) { let weight = expf(work[row + m] - highest); work[row + m] = weight; total += weight; }
      for (var m = 0u; m < T; m++) { work[row + m] = work[row + m] / total; }`,
    )}
    ${each(
      'T * p.v',
      `let n = e / p.v; let c = e % p.v;
      var so = 0.0;
      for (var m = 0u; m < T; m++) { so += work[scores + n * T + m] * work[qkv + m * columns + 2u * p.d + c]; }
      work[f + e] = so;
      let y = top + n / p.window; let x = left + n % p.window;
      if (y < p.height && x < p.width_) { ys[((image * p.height + y) * p.width_ + x) * p.channels + j * p.v + c] = max(so, 0.0); }`,
    )}
  }`,
});
