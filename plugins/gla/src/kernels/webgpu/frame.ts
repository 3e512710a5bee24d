// What the WGSL kernels share: who works on what, where a token's gate lies, and the order of tokens.
//
//   s  sequence of this dispatch   n  its number in all   h  head   tile  some columns of the state   row  token · H + head
//
// Widths, kinds of gates and what is absent are parameters and not parts of the text: drivers take longer to compile these programs than to
// run them, so few forms serve every call.
import type { WebgpuArg, WebgpuHandle } from '@paperzoo/device-webgpu';
import { sequences, type GateKind, type GlaAttrs, type GlaSizes } from '../../ops/gla-shapes';

export const LANES = 64;
/** Tokens that are worked on together: so few that the decay between any two can be summed up anew, without a pivot that could overflow. */
export const CHUNK = 16;
/** Numbers that fit the 16 KiB of workgroup memory that every adapter has, with what else is kept there. */
const ROOM = 3584;

/** Columns of the state that a workgroup takes, and the numbers of workgroup memory that hold them. */
export interface Tile {
  readonly columns: number;
  readonly cells: number;
}

/** The tile for keys of width K when `held` states share the workgroup's memory. Its memory comes in few sizes, so that few programs do. */
export function tileFor(K: number, held = 1): Tile {
  const most = ROOM / held;
  const columns = [16, 8, 4, 2].find((count) => count * K <= most) ?? 1;
  const cells = [512, 1024, 2048].find((count) => columns * K <= count && count < most) ?? most;
  return { columns, cells };
}

/** True, or why keys of this width do not fit. */
export const fits = (K: number, held = 1): true | string =>
  K * held <= ROOM || `keys are ${K} wide, and workgroups of every adapter hold ${ROOM / held}`;

/** Parameters of every program here. */
export const PARAMS = [
  ...['H', 'K', 'V', 'tiles', 'first', 'begin', 'stride', 'length', 'reverse', 'scale:f32'],
  ...['gRow', 'gHead', 'gKey', 'gated', 'initialized'],
];

/** Declares the names above; `step` counts tokens in the order of the recurrence. */
export const places = ({ columns }: Tile): string => `let tile = group % p.tiles;
  let h = (group / p.tiles) % p.H;
  let s = group / (p.tiles * p.H);
  let n = p.first + s;
  let c = lane % ${columns}u;
  let column = tile * ${columns}u + c;
  let live = column < p.V;
  let share = lane / ${columns}u;
  let state = (n * p.H + h) * p.K;`;

/** Runs code for each key channel `d` that a lane owns in its column; `at` is its place in the tile. */
export const eachKey = ({ columns }: Tile, code: string): string =>
  `for (var d = share; d < p.K; d += ${LANES / columns}u) { let at = d * ${columns}u + c; ${code} }`;

/** `rowOf(step, s, h)`. */
export const ROWS = `
fn rowOf(step: u32, s: u32, h: u32) -> u32 {
  return (p.begin + s * p.stride + select(step, p.length - 1u - step, p.reverse == 1u)) * p.H + h;
}`;

/** `ROWS`; `gateOf(row, h, d)`, the gate; `closing`, e to it and 0 where it closes. They read the buffer `gate`. */
export const TOKENS = `${ROWS}
fn gateOf(row: u32, h: u32, d: u32) -> f32 {
  if (p.gated == 0u) { return 0.0; }
  return gate[row * p.gRow + h * p.gHead + d * p.gKey];
}
fn closing(g: f32) -> f32 { return select(expf(g), 0.0, g < -100.0); }`;

/** Sequences that one dispatch can take side by side: all rows of a batch, or one packed sequence after the other. */
export function runs(sizes: GlaSizes, { cuSeqlens }: GlaAttrs) {
  if (!cuSeqlens) return [{ first: 0, count: sizes.N, begin: 0, stride: sizes.T, length: sizes.T }];
  return sequences(sizes, cuSeqlens).map(({ begin, end }, n) => ({
    ...{ first: n, count: 1, begin, stride: 0, length: end - begin },
  }));
}

export type Run = ReturnType<typeof runs>[number];

/** How far a gate moves per row, head and key channel. */
const STEPS: Readonly<Record<GateKind, (K: number) => readonly [number, number, number]>> = {
  none: () => [0, 0, 0],
  constant: () => [0, 1, 0],
  scalar: () => [1, 0, 0],
  vector: (K) => [K, 0, 1],
};

/** Values of `PARAMS`. */
export const values = (sizes: GlaSizes, attrs: GlaAttrs, run: Run, tiles: number, initialized: boolean): number[] => [
  ...[sizes.H, sizes.K, sizes.V, tiles, run.first, run.begin, run.stride, run.length],
  ...[Number(attrs.reverse), sizes.scale],
  ...[...STEPS[sizes.gate](sizes.K), Number(sizes.gate !== 'none'), Number(initialized)],
];

export const handles = (...args: (WebgpuArg | undefined)[]): WebgpuHandle[] => args.flatMap((arg) => arg?.buffer ?? []);

export const f32 = (...names: (string | false | undefined)[]) =>
  names.flatMap((name) => (name ? [[name, 'f32'] as const] : []));
