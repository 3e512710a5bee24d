import type { Zoo } from '@paperzoo/core';
import type { Check } from './check';
import type { Case, Fixtures } from './fixtures';

/** What a case computes with. */
export interface Env {
  readonly zoo: Zoo;
  readonly fixtures: Fixtures;
}

/** Computes one case of the manifest and compares it. */
export type Runner = (env: Env, entry: Case) => Promise<Check[]>;

/** Computes a case that the manifest does not list and compares it. */
export type OwnRunner = (env: Env) => Promise<Check[]>;
