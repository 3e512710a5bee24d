import type { Terminal } from './terminal';
import { wrapText } from './wrap';

/** A long list of misfits belongs into --json or --debug. */
const LONGEST = 600;
/** Below `error: `. */
const INDENT = ' '.repeat(7);
const FAILED = 1;
const USAGE = 2;

interface Described {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Tells what went wrong in one or two lines (with --json also as a document) and returns the exit code. */
export function reportError(terminal: Terminal, error: unknown, interrupted: number | undefined): number {
  const { errorColors: colors } = terminal;
  terminal.restore();
  const described = interrupted === undefined ? describe(error) : { code: 'abort', message: 'Interrupted.' };
  if (terminal.json) terminal.write(JSON.stringify({ error: described }, undefined, 2));
  if (interrupted !== undefined) terminal.note(colors.yellow('Interrupted.'));
  else {
    terminal.tell('error', shorten(described.message, terminal.debug));
    for (const line of described.remedy ? wrapText(described.remedy, terminal.errorWidth - INDENT.length) : []) {
      terminal.note(`${INDENT}${colors.dim(line)}`);
    }
  }
  if (terminal.debug && error instanceof Error) terminal.note(stackOf(error));
  return interrupted ?? (described.code === 'usage' ? USAGE : FAILED);
}

/** Code, message and remedy of whatever was thrown. */
export function describe(error: unknown): Described {
  if (!(error instanceof Error)) return { code: 'unknown', message: firstLine(String(error)) };
  const { code, details } = error as Error & { code?: unknown; details?: unknown };
  // Recognised by its form: an error of another copy of the core is as good.
  if (typeof code === 'string' && typeof details === 'object' && details !== null) {
    const { remedy, cause: _cause, ...rest } = details as Record<string, unknown>;
    const lines = typeof remedy === 'string' && error.message.endsWith(` ${remedy}`);
    return {
      code,
      message: lines ? error.message.slice(0, -remedy.length - 1) : error.message,
      ...(typeof remedy === 'string' && { remedy }),
      ...(Object.keys(rest).length > 0 && { details: rest }),
    };
  }
  if (typeof code === 'string') return { code, message: firstLine(error.message) };
  return {
    code: 'internal',
    message: error.name === 'Error' ? firstLine(error.message) : `${error.name}: ${firstLine(error.message)}`,
    remedy: 'This is a bug of paperzoo or of a plugin; --debug shows where.',
  };
}

const firstLine = (text: string) => text.split('\n')[0]!;

function shorten(message: string, whole: boolean): string {
  const line = message.replace(/\s*\n\s*/g, ' ');
  return whole || line.length <= LONGEST ? line : `${line.slice(0, LONGEST)} … (--debug shows all)`;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
