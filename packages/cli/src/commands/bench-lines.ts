import type { Entry, FigureRow, Row, TimedRow } from '@paperzoo/benchmarks';
import { milliseconds } from '../terminal/numbers';

/** One finished case in a line: our time, and the ratio of each peer (above 1 we are faster). Where entries do different things, two of their times. */
export function rowLine(row: Row): string {
  return row.kind === 'figure' ? `${row.title}: ${figureValue(row)}` : timedLine(row);
}

/** The value of a figure with its unit, or why there is none. */
export const figureValue = ({ value, unit, unavailable }: FigureRow): string =>
  value === undefined ? `not measured: ${unavailable ?? 'no reason given'}` : `${value.toPrecision(3)} ${unit}`;

/** Best time of one library, or why there is none. */
export const entryTime = ({ stats, unavailable }: Entry): string =>
  stats ? duration(stats.min) : `none: ${unavailable ?? 'no reason given'}`;

function timedLine({ title, threads, agree, entries }: TimedRow): string {
  const [own, ...peers] = entries;
  const said = peers.flatMap(({ label, ratio }) => (ratio === undefined ? [] : [`${label} ${ratio.toFixed(2)}×`]));
  const what = threads > 1 ? `${title}, ${threads} threads` : title;
  if (agree === false) return `${what}: ${ends(entries)}`;
  return `${what}: ${own ? entryTime(own) : 'none'}${said.length ? ` (${said.join(', ')})` : ''}`;
}

/** Entries that do different things: the first and the last of them. */
const ends = (entries: readonly Entry[]): string =>
  [...new Set([entries[0], entries.at(-1)])]
    .flatMap((entry) => (entry ? [`${entry.label} ${entryTime(entry)}`] : []))
    .join(entries.length > 2 ? ' … ' : ', ');

const duration = (ms: number): string => (ms < 0.1 ? `${(ms * 1000).toPrecision(3)} µs` : milliseconds(ms));
