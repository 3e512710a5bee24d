import { linear, matmul, type Activation } from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg } from '../context';
import { activated } from '../wgsl/activations';
import type { Program } from '../gpu/program';
import { laneSum, LANES } from '../wgsl/lanes';
import type { Source } from './gemm-tile';
import { runProduct } from './gemm-run';
import { merged, walkCode, walkParams, walkValues, type Walk } from './indexing';

interface MatmulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const OPERANDS = ['a', 'b'] as const;

/** A stored matrix is read the other way round by exchanging the steps of its indices. */
function matmulSource({ transposeA, transposeB }: MatmulAttrs, rank: number): Source {
  return {
    key: `matmul/${transposeA}/${transposeB}/${rank}`,
    ins: [
      ['lefts', 'f32'],
      ['rights', 'f32'],
    ],
    params: walkParams(rank, OPERANDS, 'u32'),
    setup: `let i = batch; ${walkCode(rank, OPERANDS, 'u32')}`,
    a: (m, k) => `lefts[aAt + ${transposeA ? `${k} * p.m + ${m}` : `${m} * p.k + ${k}`}]`,
    b: (k, n) => `rights[bAt + ${transposeB ? `${n} * p.k + ${k}` : `${k} * p.n + ${n}`}]`,
    aAlong: transposeA ? 'm' : 'k',
    bAlong: transposeB ? 'k' : 'n',
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
    const source = matmulSource(attrs, rank);
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

function linearSource(e: Epilogue): Source {
  return {
    key: `linear/${epilogueKey(e)}`,
    ins: [['xs', 'f32'], ['weight', 'f32'], ...epilogueIns(e)],
    params: [],
    uses: [activated(e.activation)],
    a: (m, k) => `xs[${m} * p.k + ${k}]`,
    b: (k, n) => `weight[${n} * p.k + ${k}]`,
    aAlong: 'k',
    bAlong: 'k',
    store: storeWith(e),
  };
}

/** For few rows: a workgroup per result reads a row of weights once, all lanes side by side. */
const fewProgram = (e: Epilogue): Program => ({
  ins: [['xs', 'f32'], ['weight', 'f32'], ...epilogueIns(e)],
  outs: [['ys', 'f32']],
  params: ['n', 'k'],
  uses: [laneSum, activated(e.activation)],
  kind: 'groups',
  body: `let m = group / p.n;
  let n = group % p.n;
  var part = 0.0;
  for (var k = lane; k < p.k; k += ${LANES}u) { part += xs[m * p.k + k] * weight[n * p.k + k]; }
  let total = laneSum(lane, part);
  if (lane == 0u) { ${storeWith(e)('m', 'n', 'total')} }`,
});

const FEW_ROWS = 4;
const LONG_ROW = 256;

const linearKernel = webgpuKernel<{ activation: Activation }>(linear, {
  run(ctx, ins, [y], { activation }) {
    const [x, weight, bias, residual] = ins as [WebgpuArg, WebgpuArg, WebgpuArg?, WebgpuArg?];
    const [n, k] = weight.shape as [number, number];
    const m = y!.size / n;
    const e = { bias: bias !== undefined, residual: residual !== undefined, activation };
    const handles = [x, weight, bias, residual].flatMap((t) => t?.buffer ?? []);
    if (m <= FEW_ROWS && k >= LONG_ROW) {
      const call = { ins: handles, outs: [y!.buffer], params: [n, k], size: m * n };
      ctx.dispatch(`linear few/${epilogueKey(e)}`, () => fewProgram(e), call);
    } else {
      runProduct(ctx, linearSource(e), { m, n, k, batches: 1, ins: handles, out: y!.buffer, params: [] });
    }
  },
});

export const matmulKernels = [matmulKernel, linearKernel];
