import type { SuiteResult, TimedRow } from '@paperzoo/benchmarks';
import { milliseconds } from '../terminal/numbers';
import { writeTable } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { wrapText } from '../terminal/wrap';

/** Kernels told of each call: the rest are added up. */
const MOST = 6;

/** What was raced on a graphics adapter: on which, what it reaches at best, and where our calls spend its time. */
export function writeAdapters(terminal: Terminal, { rows }: SuiteResult): void {
  for (const row of rows) if (row.kind === 'timed' && row.adapter) writeAdapter(terminal, row);
}

function writeAdapter(terminal: Terminal, { title, definition, profile, unprofiled }: TimedRow): void {
  terminal.write();
  for (const line of wrapText(`${title}. ${definition ?? ''}`, terminal.width)) terminal.write(line);
  if (!profile) {
    for (const line of wrapText(`Time by kernel: ${unprofiled ?? 'unknown'}`, terminal.width)) terminal.write(line);
    return;
  }
  const rest = profile.slice(MOST);
  const shown = [...profile.slice(0, MOST), ...(rest.length ? [summed(rest)] : [])];
  const all = summed(profile).ms;
  writeTable(
    terminal,
    [
      { title: 'KERNEL OF OUR CALL', wrap: true },
      { title: 'DISPATCHES', align: 'right' },
      { title: 'TIME', align: 'right' },
      { title: 'SHARE', align: 'right' },
    ],
    shown.map(({ kernel, dispatches, ms }) => [
      ...[kernel, String(dispatches), milliseconds(ms), `${((100 * ms) / all).toFixed(0)} %`],
    ]),
  );
}

const summed = (rows: NonNullable<TimedRow['profile']>) => ({
  kernel: `${rows.length} more`,
  dispatches: rows.reduce((sum, { dispatches }) => sum + dispatches, 0),
  ms: rows.reduce((sum, { ms }) => sum + ms, 0),
});
