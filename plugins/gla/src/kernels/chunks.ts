import type { GlaAttrs, GlaSizes } from '../ops/gla-shapes';

/** Most tokens that are worked on together. */
export const CHUNK = 64;

/** Largest decay (as a logarithm) inside a piece: e^40 leaves the sums far from overflow and their rounding near 1e-6. */
export const LIMIT = 40;

/** Tokens of the longest sequence. */
export function longest(sizes: GlaSizes, { cuSeqlens }: GlaAttrs): number {
  return cuSeqlens ? Math.max(...cuSeqlens.slice(1).map((end, n) => end - cuSeqlens[n]!)) : sizes.T;
}
