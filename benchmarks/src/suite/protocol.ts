import type { Peak, Row } from '../results';

/** What a process that races gets to do. */
export interface RaceJob {
  readonly suite: 'quick' | 'full';
  readonly threads: number;
  /** Modules whose default export is a plugin with cases of its own, as URLs. */
  readonly plugins: readonly string[];
  /** Ids of timed cases, in order. */
  readonly cases: readonly string[];
}

/** What it tells, in order: for each case a start, any number of fractions, and a row or a failure; then the peak, and the end. */
export type RaceMessage =
  | { readonly type: 'peak'; readonly peak: Peak }
  | { readonly type: 'start'; readonly id: string }
  | { readonly type: 'fraction'; readonly id: string; readonly fraction: number }
  | { readonly type: 'row'; readonly row: Row }
  | { readonly type: 'failed'; readonly id: string; readonly reason: string }
  | { readonly type: 'end' };
