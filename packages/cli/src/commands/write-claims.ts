import { wrapText } from '../terminal/wrap';
import { short } from '../terminal/numbers';
import type { Terminal } from '../terminal/terminal';
import type { ClaimReport } from './measure-claim';

const INDENT = '  ';
const WIDEST = 100;
const MOST_NUMBERS = 8;

/** Writes each claim as a paragraph: sentences do not fit into columns. */
export function writeClaims(terminal: Terminal, reports: readonly ClaimReport[]): void {
  const { colors } = terminal;
  const paint = {
    holds: colors.green,
    'does not hold': colors.red,
    'cannot be shown here': colors.yellow,
    failed: colors.red,
  };
  const width = Math.min(terminal.width, WIDEST) - INDENT.length;
  const tell = (name: string, text: string | undefined) => {
    if (text) for (const line of wrapText(`${name}: ${text}`, width)) terminal.write(`${INDENT}${line}`);
  };
  for (const { id, plugin, verdict, seconds, ...report } of reports) {
    const told = `${verdict.toUpperCase()}  ${id}`;
    const from = `${plugin}, ${seconds.toFixed(1)} s`;
    const fits = told.length + INDENT.length + from.length <= width;
    terminal.write(
      `${paint[verdict](verdict.toUpperCase())}  ${colors.bold(id)}${fits ? `  ${colors.dim(from)}` : ''}`,
    );
    if (!fits) terminal.write(`${INDENT}${colors.dim(from)}`);
    tell('claim', `${report.statement} (${report.source})`);
    tell('paper', report.figure);
    const measured = Object.entries(report.measured ?? {}).map(([what, value]) => `${what} ${short(value)}`);
    const more = measured.length - MOST_NUMBERS;
    tell(
      'measured',
      [...measured.slice(0, MOST_NUMBERS), ...(more > 0 ? [`and ${more} more (--json has all)`] : [])].join(', '),
    );
    tell(verdict === 'failed' ? 'error' : 'because', report.because);
    tell('here', report.scaledDown);
    terminal.write();
  }
  const said = (Object.keys(paint) as ClaimReport['verdict'][]).flatMap((verdict) => {
    const count = reports.filter((report) => report.verdict === verdict).length;
    return count > 0 ? [`${count} ${count > 1 ? PLURAL[verdict] : verdict}`] : [];
  });
  terminal.write(`${reports.length} claim${reports.length > 1 ? 's' : ''}: ${said.join(', ')}`);
}

const PLURAL = {
  holds: 'hold',
  'does not hold': 'do not hold',
  'cannot be shown here': 'cannot be shown here',
  failed: 'failed',
} as const;
