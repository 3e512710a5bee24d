import { relativeDifference } from '../measure/difference';
import { measure, type MeasureOptions } from '../measure/measure';
import { firstLine } from '../first-line';
import type { PeakProbe } from '../machine/peaks';
import type { Absent, Contestant } from '../peers/contestant';
import type { Entry, TimedRow } from '../results';
import type { TimedCase } from '../cases/case';

export { relativeDifference };

/** An answer further off than this is no answer to the same question, and its time means nothing. */
const WORST = 1e-3;

const isAbsent = (x: Contestant | Absent): x is Absent => 'unavailable' in x;

/** Gets a case's contestants ready, compares their answers with ours, and times those that agree, the machine's own limit among them. */
export async function race(theCase: TimedCase, options: MeasureOptions, probe: PeakProbe): Promise<TimedRow> {
  const all = await theCase.prepare();
  const { kind, id, group, title, definition, threads, work, agree = true } = theCase;
  try {
    const checked = agree ? await compare(all, theCase.tolerance ?? WORST) : all.map(untested);
    const able = checked.filter((x): x is Ready => 'contestant' in x);
    const lanes = able.map(({ contestant }) => contestant);
    const counted = work?.unit === 'flop' || lanes.some(({ flops }) => flops !== undefined);
    const limit = counted ? probe.arithmetic : work && probe.copying;
    const stats = await measure(limit ? [...lanes, limit.runnable] : lanes, options);
    limit?.rate(stats.at(-1)!.min);
    // Its first reading counts too: both are seconds old, and other work only ever lowers them.
    const peak = limit?.best();
    const first = able[0]?.contestant === all[0] ? stats[0] : undefined;
    const entries = checked.map((item): Entry => {
      if (!('contestant' in item)) return item;
      const own = stats[able.indexOf(item)]!;
      const amount = item.contestant.flops ?? work?.amount;
      const rate = amount && amount / own.min / 1e6;
      return {
        id: item.contestant.id,
        label: item.contestant.label,
        threads: item.contestant.threads,
        stats: own,
        ...(item.difference === undefined ? {} : { difference: item.difference }),
        ...(rate === undefined ? {} : { rate }),
        ...(rate && peak && item.contestant.threads === threads ? { share: rate / peak } : {}),
        ...(agree && first && { ratio: own.min / first.min, medianRatio: own.median / first.median }),
      };
    });
    const said = { ...(definition !== undefined && { definition }), ...(!agree && { agree: false as const }) };
    return { kind, id, group, title, ...said, threads, ...(work && { work }), entries };
  } finally {
    for (const x of all) if (!isAbsent(x)) await x.dispose();
  }
}

interface Ready {
  readonly contestant: Contestant;
  readonly difference: number | undefined;
}

const untested = (x: Contestant | Absent): Ready | Entry =>
  isAbsent(x) ? x : { contestant: x, difference: undefined };

async function compare(all: readonly (Contestant | Absent)[], worst: number): Promise<(Ready | Entry)[]> {
  let reference: Float32Array | undefined;
  const checked: (Ready | Entry)[] = [];
  for (const x of all) {
    if (isAbsent(x)) {
      checked.push(x);
      continue;
    }
    const { id, label, threads } = x;
    let output: Float32Array;
    try {
      output = await x.output();
    } catch (error) {
      checked.push({ id, label, threads, unavailable: `failed: ${firstLine(error)}` });
      continue;
    }
    const difference = reference && relativeDifference(output, reference);
    reference ??= output;
    if (difference === undefined || difference <= worst) checked.push({ contestant: x, difference });
    else {
      const unavailable = `its answer differs from ours by ${difference.toExponential(1)} of the largest value`;
      checked.push({ id, label, threads, difference, unavailable });
    }
  }
  return checked;
}
