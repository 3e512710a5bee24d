import { wrapText } from './wrap';
import type { Terminal } from './terminal';

/** Writes names and values in two columns; long values go on below themselves. Undefined values are left out. */
export function writeFacts(terminal: Terminal, facts: readonly (readonly [string, string | undefined])[]): void {
  const told = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined);
  const indent = Math.max(...told.map(([name]) => name.length)) + 2;
  for (const [name, value] of told) {
    const lines = wrapText(value, terminal.width - indent);
    terminal.write(`${terminal.colors.dim(name.padEnd(indent))}${lines[0] ?? ''}`);
    for (const line of lines.slice(1)) terminal.write(`${' '.repeat(indent)}${line}`);
  }
}
