// Gradients of attention, each by a program that computes the scores again rather than keep them. With P the weights and dP = G Vᵀ,
//
//   δ = rowsum(P ⊙ dP)    dS = P ⊙ (dP - δ)    dQ = dS K · scale    dK = dSᵀ Q · scale    dV = Pᵀ G
//
// One pass finds what a row needs to know of all its keys; then dQ is a sum over keys, dK and dV over queries, so that nothing is added twice.
import { attentionGrad } from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg } from '../context';
import { attentionCall, runPass, type AttentionAttrs, type AttentionPass } from './attention-run';
import {
  attentionProgram,
  dots,
  GRAD,
  HIDDEN,
  KEY,
  lines,
  meet,
  QUERY,
  result,
  scores,
  store,
  VALUE,
  weigh,
  type AttentionVariant,
} from './attention-tile';

const MATRICES = [QUERY, KEY, VALUE, GRAD];
type Pass = Omit<AttentionPass, 'width'>;

const both = (variant: AttentionVariant, gradToo: boolean) => {
  const queries = variant.rows === 'queries';
  return `${dots(variant, 's', queries ? QUERY : KEY, queries ? KEY : QUERY)}
    ${scores(variant)}
    ${gradToo ? dots(variant, 'dp', queries ? GRAD : VALUE, queries ? VALUE : GRAD) : ''}`;
};

/** Per query its top score, 1 / Σ e^(score - top) and δ; the latter two online, as the forward pass has its sums. */
const rowsPass: Pass = {
  name: 'attention grad rows',
  rows: 'queries',
  matrices: MATRICES,
  make: (variant) =>
    attentionProgram(variant, {
      ...{ matrices: MATRICES, outs: [['stats', 'vec4f']], vectors: 1 },
      before: `var top = vec4f(${HIDDEN});
  var total = vec4f(0.0);
  var delta = vec4f(0.0);`,
      block: `${both(variant, true)}
    ${meet('higher', 'max(max(s0, s1), max(s2, s3))', (a, b) => `max(${a}, ${b})`)}
    higher = max(top, higher);
    let shrink = vec4f(expf(top.x - higher.x), expf(top.y - higher.y), expf(top.z - higher.z), expf(top.w - higher.w));
    top = higher;
    ${lines(4, (j) => `let w${j} = shares(s${j}, top);`)}
    total = total * shrink + ((w0 + w1) + (w2 + w3));
    delta = delta * shrink + ((w0 * dp0 + w1 * dp1) + (w2 * dp2 + w3 * dp3));`,
      after: `${meet('sum', 'total', (a, b) => `${a} + ${b}`)}
  ${meet('weighted', 'delta', (a, b) => `${a} + ${b}`)}
  let inverse = select(1.0 / sum, vec4f(0.0), sum == vec4f(0.0));
  if (tx == 0u) {
    for (var r = 0u; r < 4u; r++) {
      let row = r0 + ty * 4u + r;
      if (row < rEnd) { stats[batch * rEnd + row] = vec4f(top[r], inverse[r], weighted[r] * inverse[r], 0.0); }
    }
  }`,
    }),
};

const STATS = [['stats', 'vec4f']] as const;

/** dQ, and with `biasGrad` dS, which is then a result of its own. */
const queryPass = (biasGrad: boolean): Pass => ({
  name: `attention grad query/${biasGrad}`,
  rows: 'queries',
  matrices: MATRICES,
  make: (variant, vectors) =>
    attentionProgram(variant, {
      ...{ matrices: MATRICES, ins: STATS, every: biasGrad, vectors },
      outs: [['dqs', 'f32'], ...(biasGrad ? [['dScores', 'f32'] as const] : [])],
      before: `let at = batch * p.n + r0 + ty * 4u;
  ${lines(4, (r) => `let stat${r} = stats[min(at + ${r}u, (batch + 1u) * p.n - 1u)];`)}
  let top = vec4f(stat0.x, stat1.x, stat2.x, stat3.x);
  let inverse = vec4f(stat0.y, stat1.y, stat2.y, stat3.y);
  let delta = vec4f(stat0.z, stat1.z, stat2.z, stat3.z);
  ${result(vectors, (name) => `var ${name} = vec4f(0.0);`)}`,
      block: `${both(variant, true)}
    ${lines(4, (j) => `let w${j} = shares(s${j}, top) * inverse * (dp${j} - delta);`)}
    ${biasGrad ? `if (column0 == 0u) { ${lines(4, storeScores)} }` : ''}
    ${weigh(variant, vectors, KEY)}`,
      after: store(vectors, 'dqs', 'p.d', (o) => `${o} * p.scale`),
    }),
});

const storeScores = (j: number) => `{ let other = o0 + tx * 4u + ${j}u; for (var r = 0u; r < 4u; r++) {
        let row = r0 + ty * 4u + r; if (row < rEnd && other < oEnd) { dScores[(batch * rEnd + row) * p.m + other] = w${j}[r]; } } }`;

/** dK or dV: rows are keys, and what is known of each query comes with it. */
const keyPass = (of: 'key' | 'value'): Pass => {
  const isKey = of === 'key';
  const matrices = isKey ? MATRICES : [QUERY, KEY, GRAD];
  return {
    name: `attention grad ${of}`,
    rows: 'keys',
    matrices,
    make: (variant, vectors) =>
      attentionProgram(variant, {
        ...{ matrices, ins: STATS, outs: [['ds', 'f32']], vectors },
        before: result(vectors, (name) => `var ${name} = vec4f(0.0);`),
        block: `${both(variant, isKey)}
    let at = batch * p.n + o0 + tx * 4u;
    ${lines(4, (j) => `let stat${j} = stats[min(at + ${j}u, (batch + 1u) * p.n - 1u)];`)}
    ${lines(4, (j) => `let w${j} = shares(s${j}, vec4f(stat${j}.x)) * stat${j}.y${isKey ? ` * (dp${j} - stat${j}.z)` : ''};`)}
    ${weigh(variant, vectors, isKey ? QUERY : GRAD)}`,
        after: store(vectors, 'ds', isKey ? 'p.d' : 'p.e', (o) => (isKey ? `${o} * p.scale` : o)),
      }),
  };
};

export const attentionGradKernel = webgpuKernel<AttentionAttrs & { biasGrad: boolean }>(attentionGrad, {
  run(ctx, ins, [dq, dk, dv, dScores], { biasGrad, ...attrs }) {
    const [q, k, v, g, bias] = ins as [WebgpuArg, WebgpuArg, WebgpuArg, WebgpuArg, WebgpuArg?];
    const call = attentionCall({ q, k, v, g }, bias, q.shape.slice(0, -2), attrs);
    const stats = ctx.scratch(4 * call.products * call.n);
    runPass(ctx, call, { ...rowsPass, width: 0 }, [], [stats]);
    const queryOuts = [dq!.buffer, ...(biasGrad ? [dScores!.buffer] : [])];
    runPass(ctx, call, { ...queryPass(biasGrad), width: call.d }, [stats], queryOuts);
    runPass(ctx, call, { ...keyPass('key'), width: call.d }, [stats], [dk!.buffer]);
    runPass(ctx, call, { ...keyPass('value'), width: call.e }, [stats], [dv!.buffer]);
  },
});
