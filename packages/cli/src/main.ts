import { Interrupt } from './interrupt';
import { Terminal } from './terminal/terminal';

const OK = 0;

/**
 * Runs one command line and resolves to its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
 *
 * @param args what follows the program's name
 */
export async function main(args: readonly string[]): Promise<number> {
  const terminal = new Terminal({ json: args.includes('--json'), debug: args.includes('--debug') });
  // Answered before the parser is loaded: scripts ask for it often.
  if (args.length === 1 && ['--version', '-V', '-v'].includes(args[0]!)) {
    terminal.write((await import('./version')).version());
    return OK;
  }
  const interrupt = new Interrupt(terminal);
  try {
    const { runProgram } = await import('./program');
    return await runProgram(args, { terminal, signal: interrupt.signal });
  } catch (error) {
    const { reportError } = await import('./terminal/report-error');
    return reportError(terminal, error, interrupt.exitCode);
  } finally {
    interrupt.release();
  }
}
