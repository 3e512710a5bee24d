// Attention without a matrix of scores: a workgroup keeps 32 rows of the result and meets the others 32 at a time. Rows are queries and the
// others keys, or the other way round for the gradients of keys and values.
//
//   S = Q Kᵀ · scale + bias    P = softmax(S)    W: what a row weighs the others with, P or dS    N queries, M keys, widths D and E
//
// An invocation holds 4 × 4 scores and, of the result, 4 rows × 4·v columns. Per block of others a workgroup reads 64 · D + 32 · columns numbers
// for 1024 · (D + columns) multiply-adds; from workgroup memory come two vectors for 16 multiply-adds of a score and 1 + v for 16·v of the result.
import type { Program } from '../gpu/program';
import { expf } from '../wgsl/math';
import { walkCode, walkParams } from './indexing';
import { fill } from './tile-fill';

/** Rows, and others at a time. */
export const SIDE = 32;
/** Vectors of four along a side. */
const FOURS = SIDE / 4;
const LANES = FOURS * FOURS;
/** How much of a score's sum is in workgroup memory at a time. */
const DEPTH = 16;
/** Vectors of columns in workgroup memory at a time. */
const STAGED = 256;
/** A vector of padding keeps neighbours' writes in different banks. */
const STRIDE = FOURS + 1;

/** A matrix that takes part: its buffer, and the parameter that says how wide it is. */
export interface Matrix {
  readonly name: 'q' | 'k' | 'v' | 'g';
  readonly width: 'd' | 'e';
}
export const QUERY: Matrix = { name: 'q', width: 'd' };
export const KEY: Matrix = { name: 'k', width: 'd' };
export const VALUE: Matrix = { name: 'v', width: 'e' };
export const GRAD: Matrix = { name: 'g', width: 'e' };

/** What one program is made for; a bias and `causal` are parameters, since programs cost more than a branch that all take alike. */
export interface AttentionVariant {
  /** What the tile's rows are. */
  readonly rows: 'queries' | 'keys';
  /** Four numbers are read at once: both widths are multiples of 4. */
  readonly quads: boolean;
  /** Leading axes that are walked. */
  readonly rank: number;
}

export const lines = (n: number, line: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => line(i)).join('\n      ');

/** A score that is hidden. Real ones are kept above it, so that no infinity is computed with. */
export const HIDDEN = '-3.4028234e38';

/** `scored(dot, query, key, biasAt)`, and `shares(scores, tops)`: e^(score - top), or 0 where hidden. */
const SCORING = `
fn scored(dot: f32, query: u32, key: u32, biasAt: u32) -> f32 {
  if (query >= p.n || key >= p.m || (p.causal != 0u && key > query)) { return ${HIDDEN}; }
  var s = dot * p.scale;
  if (p.biased != 0u) {
    let b = bias[biasAt + query * p.biasRow + key * p.biasColumn];
    if (bitcast<u32>(b) == 0xff800000u) { return ${HIDDEN}; }
    s += b;
  }
  return select(s, -3.4e38, s < -3.4e38);
}
fn share(score: f32, top: f32) -> f32 { return select(expf(score - top), 0.0, score < -3.401e38); }
fn shares(s: vec4f, top: vec4f) -> vec4f { return vec4f(share(s.x, top.x), share(s.y, top.y), share(s.z, top.z), share(s.w, top.w)); }`;

/** Elements of a matrix, or four of them. */
const element =
  ({ name, width }: Matrix, quads: boolean) =>
  (row: string, column: string) =>
    quads
      ? `${name}s[(${name}At + (${row}) * p.${width} + ${column}) / 4u]`
      : `${name}s[${name}At + (${row}) * p.${width} + ${column}]`;

/** Sums over a width: accumulators `name0 … name3`, one per other, each over the invocation's four rows. */
export function dots({ quads }: AttentionVariant, name: string, rows: Matrix, others: Matrix): string {
  const part = (matrix: Matrix, to: string, start: string, end: string) =>
    fill({
      ...{ name: to, width: SIDE, depth: DEPTH, lanes: LANES, along: 'depth', start, end, quads },
      ...{ kStart: 'd0', kEnd: `p.${rows.width}`, load: element(matrix, quads) },
    });
  return `${lines(4, (j) => `var ${name}${j} = vec4f(0.0);`)}
    for (var d0 = 0u; d0 < p.${rows.width}; d0 += ${DEPTH}u) {
      ${part(rows, 'ta', 'r0', 'rEnd')}
      ${part(others, 'tb', 'o0', 'oEnd')}
      workgroupBarrier();
      for (var kk = 0u; kk < ${DEPTH}u; kk++) {
        let a = ta[kk * ${FOURS}u + ty];
        let b = tb[kk * ${FOURS}u + tx];
        ${lines(4, (j) => `${name}${j} += b[${j}] * a;`)}
      }
      workgroupBarrier();
    }`;
}

/** Turns the sums `s0 … s3` into scores. */
export const scores = ({ rows }: AttentionVariant): string => {
  const pair = (r: number, j: number) =>
    rows === 'queries' ? `row + ${r}u, other + ${j}u` : `other + ${j}u, row + ${r}u`;
  const score = (r: number, j: number) => `scored(s${j}[${r}], ${pair(r, j)}, biasAt)`;
  return `{ let row = r0 + ty * 4u; let other = o0 + tx * 4u;
      ${lines(4, (j) => `s${j} = vec4f(${[0, 1, 2, 3].map((r) => score(r, j)).join(', ')});`)} }`;
};

/** What the lanes that share rows find out together: `join` of every lane's `value`, in the order of the lanes. */
export const meet = (result: string, value: string, join: (a: string, b: string) => string): string => `
    ws[tx * ${STRIDE}u + ty] = ${value};
    workgroupBarrier();
    var ${result} = ws[ty];
    for (var x = 1u; x < ${FOURS}u; x++) { ${result} = ${join(result, `ws[x * ${STRIDE}u + ty]`)}; }
    workgroupBarrier();`;

/** Every accumulator of the result: `o${row}_${vector}`. */
export const result = (vectors: number, line: (name: string, row: number, vector: number) => string): string =>
  lines(4, (r) => Array.from({ length: vectors }, (_, v) => line(`o${r}_${v}`, r, v)).join(' '));

/** Adds Σ W · X over the block, where the invocations hold W as `w0 … w3`. */
export function weigh({ quads }: AttentionVariant, vectors: number, x: Matrix): string {
  const across = FOURS * vectors;
  const step = Math.min(SIDE, STAGED / across);
  const load = element(x, quads);
  const part = fill({
    ...{ name: 'ta', width: across * 4, depth: step, lanes: LANES, along: 'width', quads },
    ...{ start: 'column0', end: `p.${x.width}`, kStart: 'o0 + k0', kEnd: 'oEnd', load: (at, k) => load(k, at) },
  });
  return `${lines(4, (j) => `ws[(tx * 4u + ${j}u) * ${STRIDE}u + ty] = w${j};`)}
    for (var k0 = 0u; k0 < min(${SIDE}u, oEnd - o0); k0 += ${step}u) {
      ${part}
      workgroupBarrier();
      for (var kk = 0u; kk < ${step}u; kk++) {
        let w = ws[(k0 + kk) * ${STRIDE}u + ty];
        ${lines(vectors, (v) => `let x${v} = ta[kk * ${across}u + tx + ${v * FOURS}u];`)}
        ${result(vectors, (name, r, v) => `${name} += w[${r}] * x${v};`)}
      }
      workgroupBarrier();
    }`;
}

/** Stores the accumulators to the buffer `out` whose rows are `width` long; `value` of an element and its row. */
export const store = (vectors: number, out: string, width: string, value: (o: string, row: number) => string): string =>
  result(vectors, (name, r, v) => {
    const put = `if (column + c < ${width}) { ${out}[at + c] = ${value(`${name}[c]`, r)}; }`;
    return `{ let row = r0 + ty * 4u + ${r}u; let column = column0 + (tx + ${v * FOURS}u) * 4u; let at = (batch * rEnd + row) * ${width} + column;
        if (row < rEnd) { for (var c = 0u; c < 4u; c++) { ${put} } } }`;
  });

export interface AttentionParts {
  readonly matrices: readonly Matrix[];
  readonly ins?: Program['ins'];
  readonly outs: Program['outs'];
  /** Blocks that are hidden as a whole are met too. */
  readonly every?: boolean;
  /** Columns of the result are shared out over `chunk`s of this many vectors per invocation. */
  readonly vectors: number;
  readonly before: string;
  readonly block: string;
  readonly after: string;
}

/** A program over blocks of others. `batch` counts the products, `r0` and `o0` are the blocks' starts, `rEnd` and `oEnd` where rows and others end. */
export function attentionProgram({ rows, quads, rank }: AttentionVariant, parts: AttentionParts): Program {
  const { matrices, ins = [], outs, every = false, vectors, before, block, after } = parts;
  const names = [...matrices.map(({ name }) => name), 'bias'];
  const [rowCount, otherCount] = rows === 'queries' ? ['p.n', 'p.m'] : ['p.m', 'p.n'];
  // Query r sees keys up to r: rows of queries stop there, rows of keys start there.
  const first = rows === 'queries' || every ? '0u' : 'select(0u, r0, p.causal != 0u)';
  const last = rows === 'queries' && !every ? `select(p.m, min(p.m, r0 + ${SIDE}u), p.causal != 0u)` : otherCount;
  return {
    ins: [...matrices.map(({ name }) => [`${name}s`, quads ? 'vec4f' : 'f32'] as const), ['bias', 'f32'], ...ins],
    outs,
    params: [
      ...['n', 'm', 'd', 'e', 'tiles', 'chunks', 'scale:f32', 'causal', 'biased', 'biasRow', 'biasColumn'],
      ...walkParams(rank, names, 'u32'),
    ],
    uses: [expf],
    kind: 'groups',
    lanes: LANES,
    declare: `${SCORING}
var<workgroup> ta: array<vec4f, ${STAGED}>;
var<workgroup> tb: array<vec4f, ${DEPTH * FOURS}>;
var<workgroup> ws: array<vec4f, ${SIDE * STRIDE}>;`,
    body: `let r0 = (group % p.tiles) * ${SIDE}u;
  let column0 = ((group / p.tiles) % p.chunks) * ${SIDE * vectors}u;
  let batch = group / (p.tiles * p.chunks);
  let i = batch;
  ${walkCode(rank, names, 'u32')}
  let ty = lane % ${FOURS}u;
  let tx = lane / ${FOURS}u;
  let rEnd = ${rowCount};
  let oEnd = ${last};
  ${before}
  for (var o0 = ${first}; o0 < oEnd; o0 += ${SIDE}u) {
    ${block}
  }
  ${after}`,
  };
}
