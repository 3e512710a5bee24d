import type { Sample, SampleInput } from '@paperzoo/core';

interface Case {
  readonly name: string;
  readonly size: readonly [B: number, T: number, H: number, K: number, V: number];
  readonly gate?: 'constant' | 'scalar' | 'vector';
  readonly gv?: boolean;
  readonly state?: boolean;
  readonly bonus?: boolean;
  readonly attrs?: {
    readonly reverse?: boolean;
    readonly exclusive?: boolean;
    readonly cuSeqlens?: number[];
    readonly scale?: number;
  };
  /** Log decays repeat this list; default mild ones. */
  readonly gates?: readonly number[];
}

const MILD = [-0.02, -0.1, -0.05, -0.3, -0.01, -0.2, -0.07];

const CASES: readonly Case[] = [
  { name: 'no gate', size: [2, 5, 2, 4, 8] },
  { name: 'constant gate', size: [1, 9, 3, 5, 7], gate: 'constant', state: true },
  { name: 'scalar gate', size: [2, 7, 2, 8, 4], gate: 'scalar' },
  { name: 'vector gate', size: [2, 11, 2, 8, 12], gate: 'vector', state: true },
  { name: 'one token', size: [2, 1, 2, 4, 4], gate: 'vector', state: true },
  { name: 'chunks', size: [1, 67, 1, 4, 4], gate: 'vector' },
  { name: 'odd widths', size: [1, 7, 1, 3, 5], gate: 'vector', attrs: { scale: 1 } },
  { name: 'strong gates', size: [1, 18, 1, 4, 4], gate: 'vector', gates: [-40, -0.1, -2, -100, -0.5, -7, -0.01] },
  { name: 'resets', size: [1, 12, 1, 4, 4], gate: 'vector', gates: [-0.1, -1e4, -0.2, -0.05, -1e30] },
  { name: 'value gates', size: [1, 6, 2, 4, 6], gate: 'vector', gv: true, state: true },
  { name: 'value gates only', size: [1, 5, 2, 4, 4], gv: true },
  { name: 'reverse', size: [2, 6, 1, 4, 4], gate: 'vector', state: true, attrs: { reverse: true } },
  { name: 'packed', size: [1, 9, 2, 4, 4], gate: 'vector', state: true, attrs: { cuSeqlens: [0, 4, 4, 9] } },
  { name: 'exclusive', size: [1, 6, 2, 4, 4], gate: 'vector', bonus: true, attrs: { exclusive: true } },
  { name: 'no tokens', size: [2, 0, 1, 4, 4], gate: 'vector', state: true },
  // More than a graphics adapter's workgroup holds of one column.
  { name: 'wide keys', size: [1, 2, 1, 3600, 1], gate: 'scalar', attrs: { scale: 0.01 } },
];

const fill = (shape: readonly number[], values: readonly number[]): SampleInput => ({
  shape,
  fill: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => values[i % values.length]!),
});

function inputs({ size: [B, T, H, K, V], gate, gv, state, bonus, attrs, gates = MILD }: Case): (SampleInput | null)[] {
  const N = attrs?.cuSeqlens ? attrs.cuSeqlens.length - 1 : B;
  const gateShape = { constant: [H], scalar: [B, T, H], vector: [B, T, H, K] };
  return [
    { shape: [B, T, H, K] },
    { shape: [B, T, H, K] },
    { shape: [B, T, H, V] },
    gate ? fill(gateShape[gate], gates) : null,
    gv ? fill([B, T, H, V], gates) : null,
    state ? { shape: [N, H, K, V] } : null,
    bonus ? { shape: [H, K] } : null,
  ];
}

const sample = (c: Case, ins: (SampleInput | null)[]): Sample => ({
  name: c.name,
  ins,
  ...(c.attrs ? { attrs: c.attrs } : {}),
});

/** Every gate kind, option and awkward size of `gla`. */
export const glaSamples = (): Sample[] =>
  CASES.map((c) => {
    const [q, k, v, ...rest] = inputs(c);
    const own = [q!, k!, v!];
    return sample(c, [...(c.name === 'wide keys' ? own.map(waves) : own), ...rest]);
  });

/** Small sizes for the gradient: its own gradient is checked through two nested tapes, which grow with the square of the tokens. */
const BRIEF: Readonly<Record<string, Case['size']>> = {
  // The batch comes first, so the generated large case has many short rows.
  'no gate': [2, 3, 1, 4, 5],
  'constant gate': [1, 4, 2, 3, 5],
  'scalar gate': [2, 3, 1, 4, 3],
  'vector gate': [1, 4, 2, 3, 4],
  // Large enough that only its values are compared.
  chunks: [1, 67, 2, 12, 40],
  'odd widths': [1, 4, 1, 3, 5],
  'strong gates': [1, 7, 1, 2, 3],
  resets: [1, 6, 1, 3, 2],
  'value gates': [1, 3, 1, 3, 2],
  'value gates only': [1, 3, 1, 2, 3],
  reverse: [2, 3, 1, 2, 3],
  packed: [1, 9, 1, 2, 2],
  exclusive: [1, 4, 2, 2, 3],
};

/** The same for its gradient. */
export const glaGradSamples = (): Sample[] =>
  CASES.map((full) => {
    const c = { ...full, size: BRIEF[full.name] ?? full.size };
    const [B, T, H, K, V] = c.size;
    const [q, k, v, ...rest] = inputs(c);
    const N = c.attrs?.cuSeqlens ? c.attrs.cuSeqlens.length - 1 : B;
    const own = [q!, k!, v!, { shape: [B, T, H, V] }, { shape: [N, H, K, V] }];
    const given = c.name === 'chunks' || c.name === 'wide keys';
    return sample(c, [...(given ? own.map(waves) : own), ...rest]);
  });

/** Given values, so that no further sizes are made of a sample whose composite is slow. */
const waves = ({ shape }: SampleInput, phase: number): SampleInput =>
  fill(
    shape,
    Array.from({ length: 997 }, (_, i) => Math.sin(1.7 * i + phase)),
  );
