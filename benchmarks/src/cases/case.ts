import type { Absent, Contestant } from '../peers/contestant';
import type { FigureRow, Group, Work } from '../results';

/** A race: everybody does the same work in one process. */
export interface TimedCase {
  readonly kind: 'timed';
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly threads: number;
  /** Part of the quick suite. */
  readonly quick: boolean;
  readonly work?: Work;
  /** Gets everybody ready; ours comes first. */
  prepare(): Promise<(Contestant | Absent)[]>;
}

/** A figure that is measured in processes of its own, or without running anything. */
export interface FigureCase {
  readonly kind: 'figure';
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly quick: boolean;
  readonly unit: FigureRow['unit'];
  /** The value and what else came out; rejects with the reason when it cannot be had. */
  figure(signal: AbortSignal | undefined): Promise<{ value: number; details?: Readonly<Record<string, number>> }>;
}

export type Case = TimedCase | FigureCase;
