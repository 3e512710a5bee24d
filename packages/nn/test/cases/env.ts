import type { Zoo } from '@paperzoo/core';
import type { UpstreamFile } from '../upstream';

/** What a case computes with. */
export interface Env {
  readonly zoo: Zoo;
  readonly fixtures: UpstreamFile;
}

/** Computes something on a device and says what is wrong with it, in Node and in a page. */
export type NnCase = (env: Env) => Promise<string[]>;

/** A complaint for each value further than `most` from what was expected. */
export function far(what: string, got: ArrayLike<number>, expected: ArrayLike<number>, most: number): string[] {
  if (got.length !== expected.length) return [`${what}: ${got.length} values instead of ${expected.length}`];
  return Array.from(expected).flatMap((value, i) =>
    Math.abs(got[i]! - value) <= most ? [] : [`${what}[${i}]: ${got[i]} instead of ${value}, allowed ${most}`],
  );
}

/** A complaint unless a ratio to upstream's tolerance is at most 1. */
export const over = (what: string, ratio: number): string[] =>
  ratio <= 1 ? [] : [`${what}: ${ratio} times the tolerance`];
