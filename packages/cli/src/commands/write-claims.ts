import { wrapText } from '../terminal/wrap';
import { short } from '../terminal/numbers';
import type { Terminal } from '../terminal/terminal';
import type { ClaimReport } from './measure-claim';

const INDENT = '  ';
const WIDEST = 100;

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
    terminal.write(
      `${paint[verdict](verdict.toUpperCase())}  ${colors.bold(id)}  ${colors.dim(`${plugin}, ${seconds.toFixed(1)} s`)}`,
    );
    tell('claim', `${report.statement} (${report.source})`);
    tell('paper', report.figure);
    const measured = Object.entries(report.measured ?? {}).map(([what, value]) => `${what} ${short(value)}`);
    tell('measured', measured.join(', '));
    tell(verdict === 'failed' ? 'error' : 'because', report.because);
    tell('here', report.scaledDown);
    terminal.write();
  }
  const counts = Object.keys(paint).map(
    (verdict) => [verdict, reports.filter((r) => r.verdict === verdict).length] as const,
  );
  const said = counts.filter(([, count]) => count > 0).map(([verdict, count]) => `${count} ${verdict}`);
  terminal.write(`${reports.length} claim${reports.length > 1 ? 's' : ''}: ${said.join(', ')}`);
}
