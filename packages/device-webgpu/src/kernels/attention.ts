import { attention } from '@paperzoo/core';
import { webgpuKernel } from '../context';
import { attentionGradKernel } from './attention-grad';
import { attentionCall, runPass, type AttentionAttrs, type AttentionPass } from './attention-run';
import {
  attentionProgram,
  dots,
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
} from './attention-tile';

const MATRICES = [QUERY, KEY, VALUE];

/**
 * The online softmax (Milakov and Gimelshein, arXiv 1805.02867; over blocks as in FlashAttention, arXiv 2205.14135): when a block raises a row's
 * top, what was added up before shrinks by e^(old top - new top).
 */
const forward: Omit<AttentionPass, 'width'> = {
  name: 'attention',
  rows: 'queries',
  matrices: MATRICES,
  make: (variant, vectors) =>
    attentionProgram(variant, {
      ...{ matrices: MATRICES, outs: [['ys', 'f32']], vectors },
      before: `var top = vec4f(${HIDDEN});
  var total = vec4f(0.0);
  ${result(vectors, (name) => `var ${name} = vec4f(0.0);`)}`,
      block: `${dots(variant, 's', QUERY, KEY)}
    ${scores(variant)}
    ${meet('higher', 'max(max(s0, s1), max(s2, s3))', (a, b) => `max(${a}, ${b})`)}
    higher = max(top, higher);
    let shrink = vec4f(expf(top.x - higher.x), expf(top.y - higher.y), expf(top.z - higher.z), expf(top.w - higher.w));
    top = higher;
    ${lines(4, (j) => `let w${j} = shares(s${j}, top);`)}
    total = total * shrink + ((w0 + w1) + (w2 + w3));
    ${result(vectors, (name, row) => `${name} *= shrink[${row}];`)}
    ${weigh(variant, vectors, VALUE)}`,
      // Every lane has added up its own others. A query that sees no key has nothing and gets zeros.
      after: `${meet('sum', 'total', (a, b) => `${a} + ${b}`)}
  let inverse = select(1.0 / sum, vec4f(0.0), sum == vec4f(0.0));
  ${store(vectors, 'ys', 'p.e', (o, row) => `${o} * inverse[${row}]`)}`,
    }),
};

const attentionKernel = webgpuKernel<AttentionAttrs>(attention, {
  run(ctx, [q, k, v, bias], [y], attrs) {
    const call = attentionCall({ q: q!, k: k!, v: v! }, bias, y!.shape.slice(0, -2), attrs);
    runPass(ctx, call, { ...forward, width: call.e }, [], [y!.buffer]);
  },
});

export const attentionKernels = [attentionKernel, attentionGradKernel];
