import type { Entry, FigureRow, Goal, SuiteResult, TimedRow } from '@paperzoo/benchmarks';
import { relative } from 'node:path';
import { wrapText } from '../terminal/wrap';
import { writeTable } from '../terminal/table';
import { writeAdapters } from './write-adapters';
import type { Terminal } from '../terminal/terminal';
import { entryTime, figureValue } from './bench-lines';
import type { BenchOutcome } from './run-bench';

/** Writes a suite's result: times with ratios, figures, what the project promises, and where the files are. */
export function writeBench(terminal: Terminal, { result, files }: BenchOutcome): void {
  const { machine, peaks, seconds } = result;
  const facts = [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    ...peaks.map(
      ({ threads, gflops }) =>
        `SIMD128 peak of ${threads} thread${threads > 1 ? 's' : ''}: ${gflops.toFixed(1)} GFLOP/s`,
    ),
  ];
  terminal.write();
  for (const line of wrapText(facts.join('; '), terminal.width)) terminal.write(line);
  writeTimes(terminal, result);
  writeAdapters(terminal, result);
  writeFigures(terminal, result);
  writeGoals(terminal, result.goals);
  terminal.write();
  terminal.write(
    `Measured in ${seconds.toFixed(0)} s. RATIO is a library's best time over ours: above 1 we are faster.`,
  );
  terminal.write(`results: ${here(files.json)}`);
  terminal.write(`report:  ${here(files.html)}`);
}

function writeTimes(terminal: Terminal, { rows }: SuiteResult): void {
  const timed = rows.filter((row): row is TimedRow => row.kind === 'timed');
  if (timed.length === 0) return;
  terminal.write();
  writeTable(
    terminal,
    [
      { title: 'CASE', wrap: true },
      { title: 'LIBRARY', wrap: true },
      { title: 'BEST', align: 'right' },
      { title: 'RATIO', align: 'right' },
      { title: 'PEAK', align: 'right' },
    ],
    timed.flatMap(({ title, threads, entries }) =>
      entries
        .filter(isMeasured)
        .map((entry, i) => [
          i > 0 ? '' : threads > 1 ? `${title}, ${threads} threads` : title,
          entry.threads === threads
            ? entry.label
            : `${entry.label}, ${entry.threads} thread${entry.threads > 1 ? 's' : ''}`,
          entryTime(entry),
          entry.ratio === undefined ? '' : `${entry.ratio.toFixed(2)}×`,
          entry.share === undefined ? '' : `${(entry.share * 100).toFixed(0)} %`,
        ]),
    ),
  );
  const absent = timed.flatMap(({ entries }) => entries.filter((entry) => !isMeasured(entry)));
  const reasons = new Set(absent.map(({ label, unavailable }) => `${label} (${unavailable ?? 'no reason given'})`));
  if (reasons.size === 0) return;
  terminal.write();
  for (const line of wrapText(`Not measured in some cases: ${[...reasons].join('; ')}.`, terminal.width)) {
    terminal.write(line);
  }
}

const isMeasured = ({ stats }: Entry): boolean => stats !== undefined;

function writeFigures(terminal: Terminal, { rows }: SuiteResult): void {
  const figures = rows.filter((row): row is FigureRow => row.kind === 'figure');
  if (figures.length === 0) return;
  terminal.write();
  writeTable(
    terminal,
    [
      { title: 'FIGURE', wrap: true },
      { title: 'VALUE', align: 'right', wrap: true },
    ],
    figures.map((row) => [row.title, figureValue(row)]),
  );
}

function writeGoals(terminal: Terminal, goals: readonly Goal[]): void {
  const told = goals.filter(({ verdict }) => verdict !== 'not measured');
  if (told.length === 0) return;
  const { colors } = terminal;
  const paint = { aim: colors.green, must: colors.green, missed: colors.red, printed: colors.dim };
  const said = { aim: 'aim reached', must: 'promise kept', missed: 'missed', printed: 'printed' };
  terminal.write();
  writeTable(
    terminal,
    [
      { title: 'GOAL', wrap: true },
      { title: 'MUST', align: 'right' },
      { title: 'AIM', align: 'right' },
      { title: 'HERE', align: 'right' },
      { title: 'VERDICT', wrap: true },
    ],
    told.map(({ text, unit, must, aim, value, verdict }) => [
      unit === '' ? text : `${text} (${unit})`,
      must === undefined ? '' : String(must),
      aim === undefined ? '' : String(aim),
      value === undefined ? '' : value.toPrecision(3),
      verdict === 'not measured' ? '' : paint[verdict](said[verdict]),
    ]),
  );
}

/** Relative where that is shorter. */
function here(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}
