// The definition, token by token, with the state in workgroup memory: for decoding, and for what the chunked form does not cover.
import type { Program, WebgpuArg, WebgpuContext } from '@paperzoo/device-webgpu';
import type { GlaAttrs, GlaSizes } from '../../ops/gla-shapes';
import { columnsFor, eachKey, f32, handles, LANES, PARAMS, places, runs, tokenFunctions, values } from './frame';

interface Present {
  readonly gate: GlaSizes['gate'];
  readonly gv: boolean;
  /** Where the first state is read: an input, or what the output holds already. */
  readonly initial: 'initial' | 'final_' | undefined;
  readonly bonus: boolean;
}

function recurrentProgram({ gate, gv, initial, bonus }: Present, K: number): Program {
  const columns = columnsFor(K);
  const shares = Array.from({ length: LANES / columns }, (_, i) => `parts[c + ${i * columns}u]`);
  return {
    ins: f32(
      'qs',
      'ks',
      'vs',
      gate !== 'none' && 'gate',
      gv && 'gvs',
      initial === 'initial' && initial,
      bonus && 'bonus',
    ),
    outs: f32('os', 'final_'),
    params: PARAMS,
    uses: ['expf'],
    kind: 'groups',
    lanes: LANES,
    declare: `${tokenFunctions(gate)}
var<workgroup> S: array<f32, ${K * columns}>;
var<workgroup> parts: array<f32, ${LANES}>;`,
    body: `${places(columns)}
  let state = (n * p.H + h) * p.K;
  ${eachKey(columns, `S[d * ${columns}u + c] = 0.0; ${initial ? `if (live) { S[d * ${columns}u + c] = ${initial}[(state + d) * p.V + column]; }` : ''}`)}
  for (var step = 0u; step < p.length; step++) {
    let row = rowOf(step, s, h);
    var v = 0.0;
    var beta = 1.0;
    if (live) { v = vs[row * p.V + column]; ${gv ? 'beta = closing(gvs[row * p.V + column]);' : ''} }
    var o = 0.0;
    ${eachKey(
      columns,
      `let at = d * ${columns}u + c;
      let q = qs[row * p.K + d]; let k = ks[row * p.K + d];
      let before = S[at];
      let now = before * ${gate === 'none' ? '' : 'closing(gateOf(row, h, d)) * '}beta + k * v;
      S[at] = now;
      o += q * ${bonus ? 'before + q * bonus[h * p.K + d] * k * v' : 'now'};`,
    )}
    parts[lane] = o;
    workgroupBarrier();
    if (share == 0u && live) { os[row * p.V + column] = p.scale * (${shares.join(' + ')}); }
    workgroupBarrier();
  }
  ${eachKey(columns, `if (live) { final_[(state + d) * p.V + column] = S[d * ${columns}u + c]; }`)}`,
  };
}

const copyProgram: Program = { ins: f32('xs'), outs: f32('ys'), params: [], body: 'ys[i] = xs[i];' };

export function recurrent(
  ctx: WebgpuContext,
  sizes: GlaSizes,
  attrs: GlaAttrs,
  ins: readonly (WebgpuArg | undefined)[],
  [o, final]: readonly WebgpuArg[],
): void {
  const { gate, K, V, H } = sizes;
  const [, , , , gv, initial, bonus] = ins;
  // Adapters bind eight buffers for certain: with everything present, the first state travels in the last one's.
  const crowded = ins.filter(Boolean).length > 6;
  const from = initial && (crowded ? 'final_' : 'initial');
  const present = { gate, gv: !!gv, initial: from, bonus: !!bonus } as const;
  if (crowded && initial) {
    const copy = { ins: handles(initial), outs: handles(final), size: final!.size };
    ctx.dispatch('gla.copy', () => copyProgram, copy);
  }
  const tiles = Math.ceil(V / columnsFor(K));
  for (const run of runs(sizes, attrs)) {
    ctx.dispatch(`gla.recurrent/${Object.values(present).join()}/${K}`, () => recurrentProgram(present, K), {
      ins: handles(...ins.filter((arg) => !(crowded && arg === initial))),
      outs: handles(o, final),
      params: values(sizes, attrs, run, tiles),
      size: run.count * H * tiles,
    });
  }
}
