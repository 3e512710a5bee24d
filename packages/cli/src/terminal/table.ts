import Table from 'cli-table3';
import { wrapText } from './wrap';
import type { Terminal } from './terminal';

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be broken over several lines where the terminal is narrow; the others keep their width. */
  readonly wrap?: boolean;
}

const GAP = 2;
/** Below this a wrapped column is no longer readable. */
const NARROWEST = 12;

/** Writes rows under titles, without frames. Columns that may wrap share the width that the others leave. */
export function writeTable(terminal: Terminal, columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const { colors } = terminal;
  const titles = columns.map(({ title }) => title);
  const natural = columns.map((_, c) => Math.max(...[titles, ...rows].map((row) => visible(row[c] ?? '').length)));
  const widths = fit(natural, columns, terminal.width);
  const table = new Table({
    head: titles.map((title) => colors.dim(title)),
    chars: NO_FRAME,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map(({ align = 'left' }) => align),
    colWidths: widths,
  });
  // Broken here and not by the table, which would cut long words off.
  table.push(...rows.map((row) => row.map((cell, c) => (columns[c]?.wrap ? wrapCell(cell, widths[c]!) : cell))));
  for (const line of table.toString().split('\n')) terminal.write(line.trimEnd());
}

/** The text without colours. */
export const visible = (text: string): string => text.replace(ESCAPES, '');

const ESCAPES = /\u001b\[[0-9;]*m/g;

/** Coloured cells are short; they stay whole. */
const wrapCell = (cell: string, width: number): string =>
  visible(cell) === cell ? wrapText(cell, width).join('\n') : cell;

function fit(natural: readonly number[], columns: readonly Column[], width: number): number[] {
  const spare = width - natural.reduce((sum, n) => sum + n, 0) - GAP * (natural.length - 1);
  const flexible = columns.flatMap(({ wrap }, c) => (wrap ? [c] : []));
  if (spare >= 0 || flexible.length === 0) return [...natural];
  const widths = [...natural];
  // The widest gives first, so that short columns stay whole.
  for (let missing = -spare; missing > 0; missing--) {
    const widest = flexible.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    if (widths[widest]! <= NARROWEST) break;
    widths[widest]!--;
  }
  return widths;
}

const NO_FRAME = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
  middle: ' '.repeat(GAP),
};
