import type { Absent, Contestant } from '../peers/contestant';
import type { FigureRow, Goal, Group, TimedRow, Work } from '../results';
import type { Profile } from '../suite/profile';

/** A promised number and how it is read off rows. */
export interface Target extends Omit<Goal, 'value' | 'note' | 'verdict'> {
  value(find: Find): number | undefined;
  note?(find: Find): string | undefined;
}

/** The rows of a run by id. */
export interface Find {
  timed(id: string): TimedRow | undefined;
  figure(id: string): number | undefined;
}

/** A race: everybody does the same work in one process. */
export interface TimedCase {
  readonly kind: 'timed';
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly definition?: string;
  readonly threads: number;
  /** Part of the quick suite. */
  readonly quick: boolean;
  /** Of a plugin: not in a quick run that asks for nothing in particular. */
  readonly plugin?: string;
  readonly work?: Work;
  /** False: the contestants do different things, and are neither compared nor set in relation. */
  readonly agree?: boolean;
  /** The contestants' answers may differ by so much of the largest value; default 0.001. */
  readonly tolerance?: number;
  /** Where a call takes seconds: another number of rounds or heats. */
  readonly profile?: Partial<Profile>;
  readonly heats?: number;
  readonly targets?: readonly Target[];
  /** Gets everybody ready; ours comes first. */
  prepare(): Promise<(Contestant | Absent)[]>;
}

/** A figure that is measured in processes of its own, or without running anything. */
export interface FigureCase {
  readonly kind: 'figure';
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly definition?: string;
  readonly quick: boolean;
  readonly plugin?: string;
  readonly targets?: readonly Target[];
  readonly unit: FigureRow['unit'];
  /** The value and what else came out; rejects with the reason when it cannot be had. */
  figure(signal: AbortSignal | undefined): Promise<{ value: number; details?: Readonly<Record<string, number>> }>;
}

/** A race on a graphics adapter, in a browser's page or in a process of its own. */
export interface PageCase {
  readonly kind: 'page';
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly quick: boolean;
  /** Only in runs that name its group, or that run everything. */
  readonly asked: boolean;
  readonly plugin?: undefined;
  readonly targets?: undefined;
  /** Rejects with the reason when there is no result. */
  race(host: PageRaceHost): Promise<TimedRow>;
}

export interface PageRaceHost {
  readonly suite: 'quick' | 'full';
  readonly signal: AbortSignal | undefined;
  /** Where pages are served; 0 takes a free port. */
  readonly port: number;
  /** The built `adapter.js`. */
  readonly nodeEntry: string;
  /** Told the page's address where a person opens it. */
  readonly onOpen?: ((url: string) => void) | undefined;
  onProgress(fraction: number): void;
}

export type Case = TimedCase | FigureCase | PageCase;
