// The tiled product that matmul, linear and every dense convolution are: only where elements come from and go to differs.
//
//   C[m, n] = Σₖ A[m, k] · B[k, n]      tile: a workgroup's part of C    micro: an invocation's part of the tile
//
// Numbers read for each multiply-add, from memory 1/n + 1/m of the tile and from workgroup memory 1/columns + 1/rows of the micro:
//
//   small    32 × 32, micro 4 × 4     1/16 and 1/2      64 invocations,  4 KiB of workgroup memory
//   middle   64 × 64, micro 4 × 4     1/32 and 1/2     256 invocations,  8 KiB
//   large  128 × 128, micro 8 × 8     1/64 and 1/4     256 invocations, 16 KiB, which is WebGPU's least
//
// All reads of workgroup memory are vectors; those of A are the same for a row of invocations and those of B lie side by side. At 2048³ the
// large tile reads 0.5 GiB from the adapter's caches for 8.6 billion multiply-adds.
import type { Program } from '../gpu/program';
import type { WgslFunction } from '../wgsl/functions';
import { fill } from './tile-fill';

/** Sizes of one variant. */
export interface Tile {
  readonly name: string;
  /** Rows and columns of C per workgroup, and how many k are in workgroup memory at a time. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Rows and columns per invocation, in fours. */
  readonly rows: number;
  readonly columns: number;
}

export const TILES = {
  small: { name: 'small', m: 32, n: 32, k: 16, rows: 4, columns: 4 },
  middle: { name: 'middle', m: 64, n: 64, k: 16, rows: 4, columns: 4 },
  large: { name: 'large', m: 128, n: 128, k: 16, rows: 8, columns: 8 },
} as const satisfies Record<string, Tile>;

/** Where a product's elements come from and go to, as WGSL. */
export interface Source {
  /** Names the program together with the tile. */
  readonly key: string;
  readonly ins: Program['ins'];
  readonly params: readonly string[];
  readonly uses?: readonly WgslFunction[];
  /** Functions that `a`, `b` and `store` call. */
  readonly declare?: string;
  /** Statements before the loop; they see `batch`. */
  readonly setup?: string;
  /** Expressions of an element; m, n and k are names of variables and in range. */
  a(m: string, k: string): string;
  b(k: string, n: string): string;
  /** Along which index neighbours lie beside each other in memory. */
  readonly aAlong: 'm' | 'k';
  readonly bAlong: 'k' | 'n';
  /** `a` (or `b`) is a vec4f of neighbours in memory: the size along which they lie is a multiple of 4. */
  readonly aQuads?: boolean;
  readonly bQuads?: boolean;
  /** A statement that stores an element; absent: `ys[(batch · M + m) · N + n]`. */
  store?(m: string, n: string, value: string): string;
}

/** Steps of the sum between two tests of the loop: some translations to the adapter's language keep drivers from unrolling it. */
const UNROLLED = 4;

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

export function gemmProgram(source: Source, tile: Tile): Program {
  const { m: M, n: N, k: K, rows, columns } = tile;
  const across = N / columns;
  const lanes = (M / rows) * across;
  const fours = columns / 4;
  const heights = rows / 4;
  const store = source.store ?? ((m, n, value) => `ys[(z * p.m + ${m}) * p.n + ${n}] = ${value};`);
  const accumulators = range(rows).flatMap((r) => range(fours).map((c) => `var c${r}_${c} = vec4f(0.0);`));
  const step = (u: number) => [
    ...range(heights).map((h) => `let a${h} = ta[(kk + ${u}u) * ${M / 4}u + ty * ${heights}u + ${h}u];`),
    ...range(fours).map((c) => `let b${c} = tb[(kk + ${u}u) * ${N / 4}u + tx + ${c * across}u];`),
    ...range(rows).flatMap((r) => range(fours).map((c) => `c${r}_${c} += a${r >> 2}[${r & 3}] * b${c};`)),
  ];
  const sums = { depth: K, lanes, kStart: 'k0', kEnd: 'kEnd' };
  const fillA = fill({
    ...{ ...sums, name: 'ta', width: M, start: 'm0', end: 'p.m', quads: source.aQuads ?? false },
    along: source.aAlong === 'k' ? 'depth' : 'width',
    load: (at, k) => source.a(at, k),
  });
  const fillB = fill({
    ...{ ...sums, name: 'tb', width: N, start: 'n0', end: 'p.n', quads: source.bQuads ?? false },
    along: source.bAlong === 'k' ? 'depth' : 'width',
    load: (at, k) => source.b(k, at),
  });
  const stores = range(rows).map(
    (r) =>
      `{ let m = m0 + ty * ${rows}u + ${r}u; if (m < p.m) { ${range(fours)
        .map(
          (c) =>
            `{ let n4 = n0 + (tx + ${c * across}u) * 4u; for (var e = 0u; e < 4u; e++) { let n = n4 + e; if (n < p.n) { ${store('m', 'n', `c${r}_${c}[e]`)} } } }`,
        )
        .join(' ')} } }`,
  );
  return {
    ins: source.ins,
    outs: [['ys', 'f32']],
    params: ['m', 'n', 'k', 'tilesM', 'tilesN', 'batches', 'part', ...source.params],
    ...(source.uses && { uses: source.uses }),
    kind: 'groups',
    lanes,
    declare: `${source.declare ?? ''}
var<workgroup> ta: array<vec4f, ${(M * K) / 4}>;
var<workgroup> tb: array<vec4f, ${(N * K) / 4}>;`,
    body: `let n0 = (group % p.tilesN) * ${N}u;
  let m0 = ((group / p.tilesN) % p.tilesM) * ${M}u;
  // z counts the parts of k, and in each the batches.
  let z = group / (p.tilesN * p.tilesM);
  let batch = z % p.batches;
  let kStart = (z / p.batches) * p.part;
  let kEnd = min(p.k, kStart + p.part);
  let tx = lane % ${across}u;
  let ty = lane / ${across}u;
  ${source.setup ?? ''}
  ${accumulators.join(' ')}
  for (var k0 = kStart; k0 < kEnd; k0 += ${K}u) {
    ${fillA}
    ${fillB}
    workgroupBarrier();
    for (var kk = 0u; kk < ${K}u; kk += ${UNROLLED}u) {
      ${range(UNROLLED)
        .map((u) => `{ ${step(u).join('\n      ')} }`)
        .join('\n      ')}
    }
    workgroupBarrier();
  }
  ${stores.join('\n  ')}`,
  };
}

/** Adds up the parts of a sum that workgroups shared, and stores what the whole product would have stored. */
export function finishProgram({ key: _key, store, ...source }: Source & Required<Pick<Source, 'store'>>): Program {
  return {
    ins: [['partials', 'f32'], ...source.ins],
    outs: [['ys', 'f32']],
    params: ['m', 'n', 'k', 'parts', ...source.params],
    ...(source.uses && { uses: source.uses }),
    body: `let m = i / p.n;
  let n = i % p.n;
  var so = 0.0;
  for (var z = 0u; z < p.parts; z++) { so += partials[z * p.total + i]; }
  ${store('m', 'n', 'so')}`,
  };
}
