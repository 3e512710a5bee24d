import { Philox } from '@paperzoo/nn';

/** Inputs of `gla`, rows as the op has them, B = 1: q, k, g [T, H, K], v [T, H, V], the state before them [H, K, V]. */
export interface GateCase {
  readonly name: string;
  readonly T: number;
  readonly H: number;
  readonly K: number;
  readonly V: number;
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
  readonly g: Float32Array;
  readonly initial: Float32Array;
}

type Gate = (uniform: number, index: number) => number;

const RESETS = 0.06;
const reset =
  (value: number): Gate =>
  (u) =>
    u < RESETS ? value : -u / 10;

/** Gates that have broken chunked kernels, mild ones first; one decay per token and channel, from a number in [0, 1). */
const GATES: readonly (readonly [name: string, gate: Gate, perToken?: boolean])[] = [
  ['gates_zero', () => 0],
  ['gates_near_one', (u) => -1e-4 * u],
  ['gates_strong', (u) => -40 * u],
  // -128 over a chunk of 64 tokens: one pivot overflows float32.
  ['gates_const_m2', () => -2],
  ['gates_const_m1p25', () => -1.25],
  ['gates_reset_100', reset(-100), true],
  ['gates_reset_chan_1e4', reset(-1e4)],
  ['gates_reset_1e30', reset(-1e30)],
  ['gates_reset_inf', reset(-Infinity)],
];

/** Every kind of gate on the same sizes: two chunks and a rest. */
export function gateCases(): GateCase[] {
  const [T, H, K, V] = [130, 2, 8, 8];
  return GATES.map(([name, gate, perToken], stream) => {
    const random = new Philox(11, stream);
    const signed = (size: number, at: number) => random.uniform(size, at * 65536).map((u) => 2 * u - 1);
    const uniform = random.uniform(T * H * K, 5 * 65536);
    // A document's end resets all channels of a token at once.
    const g = uniform.map((u, i) => gate(perToken ? uniform[i - (i % (H * K))]! : u, i));
    return {
      ...{ name, T, H, K, V, g, q: signed(T * H * K, 1), k: signed(T * H * K, 2) },
      ...{ v: signed(T * H * V, 3), initial: signed(H * K * V, 4) },
    };
  });
}

/** The recurrence of the paper in double precision: o [T, H, V] and the last state [H, K, V]. */
export function recurrence({ T, H, K, V, q, k, v, g, initial }: GateCase): { o: Float64Array; state: Float64Array } {
  const state = Float64Array.from(initial);
  const o = new Float64Array(T * H * V);
  for (let t = 0; t < T; t++) {
    for (let h = 0; h < H; h++) {
      const row = t * H + h;
      for (let i = 0; i < K; i++) {
        const alpha = Math.exp(g[row * K + i]!);
        for (let j = 0; j < V; j++) {
          const at = (h * K + i) * V + j;
          state[at] = alpha * state[at]! + k[row * K + i]! * v[row * V + j]!;
          o[row * V + j]! += (q[row * K + i]! * state[at]!) / Math.sqrt(K);
        }
      }
    }
  }
  return { o, state };
}
