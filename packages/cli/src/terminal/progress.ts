import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal';
import { wrapText } from './wrap';

/** Tells how far something is. */
export interface Progress {
  /** @param fraction 0 to 1 @param note what is being done now */
  update(fraction: number, note?: string): void;
  /** Writes a line that stays. */
  log(line: string): void;
  /** Takes the bar away. Safe to call twice. */
  stop(): void;
}

const BAR = 20;
const QUARTERS = 4;

/** A bar on a terminal that is watched; lines at every quarter otherwise; nothing at all for programs that read --json. */
export function startProgress(terminal: Terminal, title: string): Progress {
  if (terminal.live) return bar(terminal, title);
  return terminal.json ? silent : lines(terminal, title);
}

const silent: Progress = { update: () => undefined, log: () => undefined, stop: () => undefined };

function lines(terminal: Terminal, title: string): Progress {
  let told = 0;
  return {
    update(fraction, note) {
      const quarter = Math.floor(fraction * QUARTERS);
      // The end is told by what comes next.
      if (quarter <= told || quarter >= QUARTERS) return;
      told = quarter;
      terminal.note(`${title}: ${Math.round(fraction * 100)} %${note ? ` (${note})` : ''}`);
    },
    log: (line) => terminal.note(line),
    stop: () => undefined,
  };
}

function bar(terminal: Terminal, title: string): Progress {
  const columns = process.stderr.columns || 80;
  const room = columns - BAR - 8;
  const clip = (text: string) => (text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text);
  const single = new SingleBar(
    {
      stream: process.stderr,
      format: '{bar} {percent} {text}',
      barsize: BAR,
      hideCursor: true,
      clearOnComplete: true,
      // The line is cut to the terminal by us: a wrapped one could not be redrawn.
      linewrap: true,
      // Ctrl-C is handled in one place, which is not a bar.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  let running = true;
  single.start(1, 0, { text: clip(title), percent: '  0 %' });
  const payload = (fraction: number, text: string) => ({
    text: clip(text),
    percent: `${Math.floor(fraction * 100)} %`.padStart(5),
  });
  return {
    update(fraction, note) {
      if (running) single.update(fraction, payload(fraction, note ? `${title}: ${note}` : title));
    },
    log(line) {
      // Clears the rest of the bar's line; the bar draws itself again below.
      process.stderr.write(`\r\u001b[K${wrapText(line, columns).join('\n')}\n`);
    },
    stop() {
      if (running) single.stop();
      running = false;
    },
  };
}
