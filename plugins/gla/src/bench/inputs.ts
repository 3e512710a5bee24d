import type { Tensor, Zoo } from '@paperzoo/core';
import { glaCost } from '../ops/gla';

/** One problem of the op: B = 1. */
export interface Sizes {
  readonly T: number;
  readonly H: number;
  readonly K: number;
  readonly V: number;
}

/** Values in [-1, 1) that look random, the same every time. */
function noise(size: number, seed: number): Float32Array {
  let state = seed >>> 0;
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return values;
}

/** q, k [1, T, H, K], v [1, T, H, V] and log decays g [1, T, H, K] from -0.1 to 0, as a trained model has them. */
export function glaInputs(zoo: Zoo, { T, H, K, V }: Sizes): [q: Tensor, k: Tensor, v: Tensor, g: Tensor] {
  const make = (width: number, seed: number, values = noise(T * H * width, seed)) =>
    zoo.tensor(values, { shape: [1, T, H, width] });
  const decays = noise(T * H * K, 4).map((x) => (x - 1) / 20);
  return [make(K, 1), make(K, 2), make(V, 3), make(K, 4, decays)];
}

/** Gradients of both outputs. */
export function glaGradients(zoo: Zoo, { T, H, K, V }: Sizes): [dO: Tensor, dFinal: Tensor] {
  return [
    zoo.tensor(noise(T * H * V, 5), { shape: [1, T, H, V] }),
    zoo.tensor(noise(H * K * V, 6), { shape: [1, H, K, V] }),
  ];
}

/** q, k, v [1, H, T, D] for softmax attention. */
export function attentionInputs(zoo: Zoo, T: number, H: number, D: number): [q: Tensor, k: Tensor, v: Tensor] {
  const make = (seed: number) => zoo.tensor(noise(T * H * D, seed), { shape: [1, H, T, D] });
  return [make(1), make(2), make(3)];
}

/** Multiply-adds of the matrix products, counted twice; see `glaCost`. */
export const glaFlops = ({ T, H, K, V }: Sizes): number => glaCost(1, T, H, K, V).flops;
