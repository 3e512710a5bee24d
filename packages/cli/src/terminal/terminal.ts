import pc from 'picocolors';
import { wrapText } from './wrap';

/** Shows the cursor again, whatever hid it. */
const SHOW_CURSOR = '\u001b[?25h';
const NARROWEST = 30;

/** Where a command writes: results to stdout, everything said on the way to stderr. */
export class Terminal {
  readonly json: boolean;
  readonly debug: boolean;
  /** Of stdout. */
  readonly colors: ReturnType<typeof pc.createColors>;
  readonly errorColors: ReturnType<typeof pc.createColors>;

  constructor({ json, debug }: { json: boolean; debug: boolean }) {
    this.json = json;
    this.debug = debug;
    this.colors = pc.createColors(isColourful(process.stdout));
    this.errorColors = pc.createColors(isColourful(process.stderr));
    for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveQuietly);
  }

  /** Columns of a line: COLUMNS, else the terminal's, else no limit, so that piped tables keep one row on one line. */
  get width(): number {
    const wanted = Number(process.env['COLUMNS']);
    if (Number.isInteger(wanted) && wanted > 0) return Math.max(NARROWEST, wanted);
    return Math.max(NARROWEST, process.stdout.columns || Infinity);
  }

  /** True when somebody watches: progress is drawn then, and told in lines otherwise. */
  get live(): boolean {
    return process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  /** A line on stdout; with --json only the result goes there, through `result`. */
  write(line = ''): void {
    process.stdout.write(`${line}\n`);
  }

  /** Part of a line on stdout, at once. */
  part(text: string): void {
    process.stdout.write(text);
  }

  /** A line on stderr. */
  note(line = ''): void {
    process.stderr.write(`${line}\n`);
  }

  /** A labelled sentence on stderr: one line in a pipe, broken between words where somebody watches. */
  tell(label: 'error' | 'warning', text: string): void {
    const colour = label === 'error' ? this.errorColors.red : this.errorColors.yellow;
    const indent = label.length + 2;
    const [first = '', ...more] = wrapText(text, this.errorWidth - indent);
    this.note(`${colour(`${label}:`)} ${first}`);
    for (const line of more) this.note(' '.repeat(indent) + line);
  }

  warn(text: string): void {
    this.tell('warning', text);
  }

  /** Columns of stderr; no limit where it is no terminal. */
  get errorWidth(): number {
    return process.stderr.isTTY ? process.stderr.columns || Infinity : Infinity;
  }

  /** The command's result: one JSON document, or what `render` writes. */
  result(document: unknown, render: () => void): void {
    if (this.json) this.write(JSON.stringify(document, plain, 2));
    else render();
  }

  /** Leaves the terminal usable when the process ends in the middle of a progress bar. */
  restore(): void {
    if (this.live) process.stderr.write(SHOW_CURSOR);
  }
}

function isColourful(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}

/** JSON has no infinities and no not-a-numbers; a null says "no number" where they stood. */
const plain = (_key: string, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? null : value);

/** `paperzoo list | head -1`: whoever read has enough, which is no failure of ours. */
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}
