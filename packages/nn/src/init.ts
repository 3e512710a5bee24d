import type { Random } from './random';

/** Fills a new parameter of `shape`. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const fill = (shape: readonly number[], next: () => number) => Float32Array.from({ length: sizeOf(shape) }, next);

/** How fresh parameters are filled. */
export const init = {
  constant:
    (value: number): Initializer =>
    (shape) =>
      new Float32Array(sizeOf(shape)).fill(value),
  /** Uniform on ±bound. */
  uniform:
    (bound: number): Initializer =>
    (shape, random) =>
      fill(shape, () => random.uniform(-bound, bound)),
  /** Normal with mean 0; values beyond ±2 are drawn again, as timm's `trunc_normal_` with its default cut. */
  truncatedNormal:
    (std: number): Initializer =>
    (shape, random) =>
      fill(shape, () => {
        let value: number;
        do value = random.normal() * std;
        while (Math.abs(value) > 2);
        return value;
      }),
  /** PyTorch's default for convolutions and linear layers, weights and biases alike: uniform on ±1/√fanIn. */
  fanIn: (fanIn: number): Initializer => init.uniform(1 / Math.sqrt(fanIn)),
} as const;
