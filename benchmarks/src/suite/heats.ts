import { throwIfAborted } from '@paperzoo/core';
import type { TimedCase } from '../cases/case';
import { firstLine } from '../first-line';
import type { Peak, TimedRow } from '../results';
import { mergeHeats } from './merge';
import type { RaceMessage } from './protocol';
import { runChild } from './run-child';

/**
 * Now and then a library runs at less than half its speed for as long as its process lives (seen of onnxruntime-web: 122 ms for M5 where
 * it takes 53), for reasons that nobody chose. Two processes make it unlikely that such a time passes for a result, whoever it hits.
 */
const HEATS = 2;

export interface HeatOptions {
  /** The built `child.js`. */
  readonly entry: string;
  readonly suite: 'quick' | 'full';
  /** See `RaceJob`. */
  readonly plugins: readonly string[];
  readonly signal: AbortSignal | undefined;
  onPeak(peak: Peak): void;
  /** Between 0 and 1, over all heats. */
  onProgress(fraction: number): void;
}

/** Races a case in two processes, unless it asks for another number, one after the other. What fails in either is a row with the reason; rejects with `AbortError` only. */
export async function raceInHeats(theCase: TimedCase, options: HeatOptions): Promise<TimedRow> {
  const { entry, suite, plugins, signal, onPeak, onProgress } = options;
  const heats: TimedRow[] = [];
  const wanted = theCase.heats ?? HEATS;
  let reason: string | undefined;
  const tell = (message: RaceMessage) => {
    if (message.type === 'peak') onPeak(message.peak);
    else if (message.type === 'fraction') onProgress((heats.length + message.fraction) / wanted);
    else if (message.type === 'failed') reason = message.reason;
    else if (message.type === 'row' && message.row.kind === 'timed') heats.push(message.row);
  };
  for (let heat = 0; heat < wanted && reason === undefined; heat++) {
    try {
      await runChild(entry, { suite, threads: theCase.threads, plugins, cases: [theCase.id] }, tell, signal);
    } catch (error) {
      throwIfAborted(signal, 'The benchmark');
      reason = firstLine(error);
    }
  }
  if (reason === undefined && heats.length === wanted) return mergeHeats(heats);
  return failedRow(theCase, reason ?? 'the process of the benchmark told no result');
}

const failedRow = ({ kind, id, group, title, threads }: TimedCase, reason: string): TimedRow => ({
  ...{ kind, id, group, title, threads },
  entries: [{ id: 'paperzoo', label: 'paperzoo', threads, unavailable: reason }],
});
