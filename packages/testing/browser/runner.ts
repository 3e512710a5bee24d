// Runs a suite's checks one after the other, leaving the page time to draw, until the end or until it is cancelled.
import { ConformanceError } from '../src/index';
import { CLOSES, type Entry, type Suite } from './suite';

/** What became of one check. */
export interface Outcome {
  readonly group: string;
  readonly device: string | undefined;
  readonly subject: string | undefined;
  readonly check: string;
  readonly state: 'passed' | 'failed';
  readonly ms: number;
  readonly message?: string;
  /** Of a typed error. */
  readonly code?: string;
  /** As text: numbers that are none do not travel as JSON. */
  readonly expected?: string;
  readonly got?: string;
}

export interface RunEvents {
  /** Before a check starts. */
  started(entry: Entry, index: number): void;
  ended(outcome: Outcome, index: number): void;
}

/** Longest time between two pictures. */
const FRAME_MS = 40;

/** Outcomes in order; fewer than the suite has entries when `signal` fired, after which devices are freed all the same. */
export async function runSuite({ entries }: Suite, signal: AbortSignal, events: RunEvents): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let drawn = performance.now();
  for (const [index, entry] of entries.entries()) {
    if (signal.aborted) {
      if (CLOSES.test(entry.what)) await entry.run().catch(() => undefined);
      continue;
    }
    events.started(entry, index);
    if (performance.now() - drawn > FRAME_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      drawn = performance.now();
    }
    const outcome = await runEntry(entry);
    outcomes.push(outcome);
    events.ended(outcome, index);
  }
  return outcomes;
}

async function runEntry({ group, device, subject, what, run }: Entry): Promise<Outcome> {
  const start = performance.now();
  const outcome = (state: Outcome['state']): Outcome => {
    const ms = Math.round(10 * (performance.now() - start)) / 10;
    return { group, device, subject, check: what, state, ms };
  };
  try {
    await run();
    return outcome('passed');
  } catch (error) {
    return { ...outcome('failed'), ...described(error) };
  }
}

function described(error: unknown): Partial<Outcome> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, details = {} } = error as Error & { code?: unknown; details?: { expected?: unknown; got?: unknown } };
  const { expected, got } = details;
  return {
    message:
      error instanceof ConformanceError || code !== undefined ? error.message : `${error.name}: ${error.message}`,
    ...(typeof code === 'string' && { code }),
    ...(expected !== undefined && { expected: shown(expected) }),
    ...(got !== undefined && { got: shown(got) }),
  };
}

const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : Object.is(value, -0) ? '-0' : String(value);
