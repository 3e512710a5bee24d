// The tiled product that matmul, linear and every dense convolution are: only where elements come from and go to differs.
//
//   C[m, n] = Σₖ A[m, k] · B[k, n]      tile: a workgroup's part of C    micro: an invocation's part of the tile
import type { Program } from '../gpu/program';
import type { WgslFunction } from '../wgsl/functions';

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
  /** A statement that stores an element; absent: `ys[(batch · M + m) · N + n]`. */
  store?(m: string, n: string, value: string): string;
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

export function gemmProgram(source: Source, tile: Tile): Program {
  const { m: M, n: N, k: K, rows, columns } = tile;
  const across = N / columns;
  const lanes = (M / rows) * across;
  const fours = columns / 4;
  const heights = rows / 4;
  const store = source.store ?? ((m, n, value) => `ys[(z * p.m + ${m}) * p.n + ${n}] = ${value};`);
  // Four neighbours in m (or n) make a vector; lanes go first along the index whose neighbours lie together.
  const fill = (
    name: string,
    width: number,
    along: boolean,
    start: string,
    end: string,
    load: (at: string) => string,
  ) => `
    for (var t = lane; t < ${(width / 4) * K}u; t += ${lanes}u) {
      let kk = ${along ? `t / ${width / 4}u` : `t % ${K}u`};
      let q = ${along ? `t % ${width / 4}u` : `t / ${K}u`};
      let k = k0 + kk;
      var v = vec4f(0.0);
      if (k < kEnd) {
        ${range(4)
          .map((c) => `{ let at = ${start} + q * 4u + ${c}u; if (at < ${end}) { v[${c}] = ${load('at')}; } }`)
          .join('\n        ')}
      }
      ${name}[kk * ${width / 4}u + q] = v;
    }`;
  const accumulators = range(rows).flatMap((r) => range(fours).map((c) => `var c${r}_${c} = vec4f(0.0);`));
  const step = [
    ...range(heights).map((h) => `let a${h} = ta[kk * ${M / 4}u + ty * ${heights}u + ${h}u];`),
    ...range(fours).map((c) => `let b${c} = tb[kk * ${N / 4}u + tx + ${c * across}u];`),
    ...range(rows).flatMap((r) => range(fours).map((c) => `c${r}_${c} += a${r >> 2}[${r & 3}] * b${c};`)),
  ];
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
    ${fill('ta', M, source.aAlong === 'm', 'm0', 'p.m', (at) => source.a(at, 'k'))}
    ${fill('tb', N, source.bAlong === 'n', 'n0', 'p.n', (at) => source.b('k', at))}
    workgroupBarrier();
    for (var kk = 0u; kk < ${K}u; kk++) {
      ${step.join('\n      ')}
    }
    workgroupBarrier();
  }
  ${stores.join('\n  ')}`,
  };
}
