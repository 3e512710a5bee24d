import { linear, matmul, type Activation } from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg } from '../context';
import { activated } from '../wgsl/activations';
import type { Program } from '../gpu/program';
import { LANES } from '../wgsl/lanes';
import type { Source } from './gemm-tile';
import { runProduct } from './gemm-run';
import { merged, walkCode, walkParams, walkValues, type Walk } from './indexing';

interface MatmulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const OPERANDS = ['a', 'b'] as const;

/** An element of a buffer of numbers, or the four from there on of a buffer of vectors. */
export const numberAt = (buffer: string, at: string, quads: boolean): string =>
  quads ? `${buffer}[(${at}) / 4u]` : `${buffer}[${at}]`;
export const elementFor = (quads: boolean): 'vec4f' | 'f32' => (quads ? 'vec4f' : 'f32');

/** A stored matrix is read the other way round by exchanging the steps of its indices. */
function matmulSource({ transposeA, transposeB }: MatmulAttrs, rank: number, aQuads: boolean, bQuads: boolean): Source {
  return {
    key: `matmul/${transposeA}/${transposeB}/${rank}/${aQuads}/${bQuads}`,
    ins: [
      ['lefts', elementFor(aQuads)],
      ['rights', elementFor(bQuads)],
    ],
    params: walkParams(rank, OPERANDS, 'u32'),
    setup: `let i = batch; ${walkCode(rank, OPERANDS, 'u32')}`,
    a: (m, k) => numberAt('lefts', `aAt + ${transposeA ? `${k} * p.m + ${m}` : `${m} * p.k + ${k}`}`, aQuads),
    b: (k, n) => numberAt('rights', `bAt + ${transposeB ? `${n} * p.k + ${k}` : `${k} * p.n + ${n}`}`, bQuads),
    aAlong: transposeA ? 'm' : 'k',
    bAlong: transposeB ? 'k' : 'n',
    aQuads,
    bQuads,
  };
}

/** Matrices per leading axis that an operand moves on by; 0 where it broadcasts. */
function batchSteps(shape: readonly number[], lead: readonly number[], size: number): number[] {
  const own = shape.slice(0, -2);
  const steps = lead.map(() => 0);
  let step = size;
  for (let i = own.length - 1; i >= 0; i--) {
    if (own[i] !== 1) steps[steps.length - own.length + i] = step;
    step *= own[i]!;
  }
  return steps;
}

const matmulKernel = webgpuKernel<MatmulAttrs>(matmul, {
  run(ctx, [a, b], [y], attrs) {
    const n = y!.shape.at(-1)!;
    let m = y!.shape.at(-2)!;
    const k = a!.shape.at(attrs.transposeA ? -2 : -1)!;
    let batches = y!.size / (m * n);
    const lead = y!.shape.slice(0, -2);
    let walk: Walk = merged(lead, [batchSteps(a!.shape, lead, m * k), batchSteps(b!.shape, lead, k * n)]);
    if (!attrs.transposeA && b!.size === k * n && a!.size === batches * m * k) {
      // One matrix on the right: the batch of left ones is one tall matrix.
      [m, batches] = [m * batches, 1];
      walk = merged([], [[], []]);
    }
    const rank = walk.sizes.length;
    const quads = (along: number) => along % 4 === 0;
    const source = matmulSource(attrs, rank, quads(attrs.transposeA ? m : k), quads(attrs.transposeB ? k : n));
    runProduct(ctx, source, {
      m,
      n,
      k,
      batches,
      ins: [a!.buffer, b!.buffer],
      out: y!.buffer,
      params: walkValues(walk),
    });
  },
});

interface Epilogue {
  readonly bias: boolean;
  readonly residual: boolean;
  readonly activation: Activation;
}

export const epilogueKey = ({ bias, residual, activation }: Epilogue) => `${bias}/${residual}/${activation}`;

export const epilogueIns = ({ bias, residual }: Epilogue): Program['ins'] => [
  ...(bias ? [['bias', 'f32'] as const] : []),
  ...(residual ? [['residual', 'f32'] as const] : []),
];

/** activation(value + bias + residual), stored row by row. */
export const storeWith =
  ({ bias, residual }: Epilogue) =>
  (m: string, n: string, value: string): string =>
    `let to = ${m} * p.n + ${n}; ys[to] = activated(${value}${bias ? ` + bias[${n}]` : ''}${residual ? ' + residual[to]' : ''});`;

function linearSource(e: Epilogue, quads: boolean): Source {
  return {
    key: `linear/${epilogueKey(e)}/${quads}`,
    ins: [['xs', elementFor(quads)], ['weight', elementFor(quads)], ...epilogueIns(e)],
    params: [],
    uses: [activated(e.activation)],
    a: (m, k) => numberAt('xs', `${m} * p.k + ${k}`, quads),
    b: (k, n) => numberAt('weight', `${n} * p.k + ${k}`, quads),
    ...{ aAlong: 'k', bAlong: 'k', aQuads: quads, bQuads: quads },
    store: storeWith(e),
  };
}

const FEW_ROWS = 4;
const LONG_ROW = 64;
/** Lanes that share a column's sum, and columns of a workgroup. */
const SHARERS = 16;
const COLUMNS = LANES / SHARERS;

/**
 * For few rows, as when one token is decoded: nearly all that is read are weights, and each is read once for all rows, 16 lanes going along a
 * row of weights side by side. Many small workgroups keep more reads under way than few large ones. `rows` is how many there are.
 */
const fewProgram = (e: Epilogue, quads: boolean, rows: number): Program => {
  const each = (line: (m: number) => string) => Array.from({ length: rows }, (_, m) => line(m)).join('\n    ');
  const zero = quads ? 'vec4f(0.0)' : '0.0';
  return {
    ins: [['xs', elementFor(quads)], ['weight', elementFor(quads)], ...epilogueIns(e)],
    outs: [['ys', 'f32']],
    params: ['n', 'k', 'steps'],
    uses: [activated(e.activation)],
    kind: 'groups',
    declare: `var<workgroup> parts: array<f32, ${LANES * rows}>;`,
    body: `let first = group * ${COLUMNS}u;
  let column = first + lane / ${SHARERS}u;
  ${each((m) => `var so${m} = ${zero};`)}
  if (column < p.n) {
    for (var k = lane % ${SHARERS}u; k < p.steps; k += ${SHARERS}u) {
      let w = weight[column * p.steps + k];
      ${each((m) => `so${m} += xs[${m}u * p.steps + k] * w;`)}
    }
  }
  ${each((m) => `parts[${m * LANES}u + lane] = ${quads ? `(so${m}.x + so${m}.y) + (so${m}.z + so${m}.w)` : `so${m}`};`)}
  workgroupBarrier();
  let m = lane / ${COLUMNS}u;
  let n = first + lane % ${COLUMNS}u;
  if (m < ${rows}u && n < p.n) {
    let at = m * ${LANES}u + (lane % ${COLUMNS}u) * ${SHARERS}u;
    var total = 0.0;
    for (var i = 0u; i < ${SHARERS}u; i++) { total += parts[at + i]; }
    ${storeWith(e)('m', 'n', 'total')}
  }`,
  };
};

const linearKernel = webgpuKernel<{ activation: Activation }>(linear, {
  run(ctx, ins, [y], { activation }) {
    const [x, weight, bias, residual] = ins as [WebgpuArg, WebgpuArg, WebgpuArg?, WebgpuArg?];
    const [n, k] = weight.shape as [number, number];
    const m = y!.size / n;
    const e = { bias: bias !== undefined, residual: residual !== undefined, activation };
    const handles = [x, weight, bias, residual].flatMap((t) => t?.buffer ?? []);
    const quads = k % 4 === 0;
    if (m > 0 && m <= FEW_ROWS && k >= LONG_ROW) {
      ctx.dispatch(`linear few/${m}/${quads}/${epilogueKey(e)}`, () => fewProgram(e, quads, m), {
        ins: handles,
        outs: [y!.buffer],
        params: [n, k, quads ? k / 4 : k],
        size: Math.ceil(n / COLUMNS),
      });
    } else {
      runProduct(ctx, linearSource(e, quads), { m, n, k, batches: 1, ins: handles, out: y!.buffer, params: [] });
    }
  },
});

export const matmulKernels = [matmulKernel, linearKernel];
