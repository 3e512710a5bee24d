// What the WGSL kernels share: who works on what, where a token's gate lies, and the order of tokens.
//
//   s  sequence of this dispatch   n  its number in all   h  head   tile  some columns of the state   row  token · H + head
import type { WebgpuArg, WebgpuHandle } from '@paperzoo/device-webgpu';
import { sequences, type GateKind, type GlaAttrs, type GlaSizes } from '../../ops/gla-shapes';

export const LANES = 64;
/** Tokens that are worked on together: so few that the decay between any two can be summed up anew, without a pivot that could overflow. */
export const CHUNK = 16;
/** Numbers of a tile's state that fit the 16 KiB of workgroup memory that every adapter has, with what else is kept there. */
const STATE = 3584;

/** Columns of a tile, for keys of width K. */
export const columnsFor = (K: number): number => [16, 8, 4, 2].find((columns) => columns * K <= STATE) ?? 1;

/** Parameters of every program here. */
export const PARAMS = ['H', 'K', 'V', 'tiles', 'first', 'begin', 'stride', 'length', 'reverse', 'scale:f32'];

/** Declares the names above; `step` counts tokens in the order of the recurrence. */
export const places = (columns: number): string => `let tile = group % p.tiles;
  let h = (group / p.tiles) % p.H;
  let s = group / (p.tiles * p.H);
  let n = p.first + s;
  let c = lane % ${columns}u;
  let column = tile * ${columns}u + c;
  let live = column < p.V;
  let share = lane / ${columns}u;`;

/** Runs code for each key channel `d` that a lane owns in its column. */
export const eachKey = (columns: number, code: string): string =>
  `for (var d = share; d < p.K; d += ${LANES / columns}u) { ${code} }`;

/** `rowOf(step, s, h)`, and `decay(row, h, d)`: e to the gate, 0 where a gate closes; `gateOf` is the gate itself. */
export function tokenFunctions(gate: GateKind): string {
  const g = { none: '0.0', constant: 'gate[h]', scalar: 'gate[row]', vector: 'gate[row * p.K + d]' }[gate];
  return `
fn rowOf(step: u32, s: u32, h: u32) -> u32 {
  return (p.begin + s * p.stride + select(step, p.length - 1u - step, p.reverse == 1u)) * p.H + h;
}
fn gateOf(row: u32, h: u32, d: u32) -> f32 { return ${g}; }
fn closing(g: f32) -> f32 { return select(expf(g), 0.0, g < -100.0); }`;
}

/** Sequences that one dispatch can take side by side: all rows of a batch, or one packed sequence after the other. */
export function runs(sizes: GlaSizes, { cuSeqlens }: GlaAttrs) {
  if (!cuSeqlens) return [{ first: 0, count: sizes.N, begin: 0, stride: sizes.T, length: sizes.T }];
  return sequences(sizes, cuSeqlens).map(({ begin, end }, n) => ({
    ...{ first: n, count: 1, begin, stride: 0, length: end - begin },
  }));
}

export type Run = ReturnType<typeof runs>[number];

export const values = (sizes: GlaSizes, attrs: GlaAttrs, run: Run, tiles: number): number[] => [
  ...[
    sizes.H,
    sizes.K,
    sizes.V,
    tiles,
    run.first,
    run.begin,
    run.stride,
    run.length,
    Number(attrs.reverse),
    sizes.scale,
  ],
];

export const handles = (...args: (WebgpuArg | undefined)[]): WebgpuHandle[] => args.flatMap((arg) => arg?.buffer ?? []);

export const f32 = (...names: (string | false | undefined)[]) =>
  names.flatMap((name) => (name ? [[name, 'f32'] as const] : []));
