import type { Terminal } from './terminal/terminal';

/** Conventions of shells: 128 and the signal's number. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type SignalName = keyof typeof CODES;

/** How long an aborted command may tidy up. */
const GRACE_MS = 5000;

/** Turns Ctrl-C and SIGTERM into an `AbortSignal`; a second one, or a command that does not stop, ends the process at once. */
export class Interrupt {
  /** Of the process once a signal came; undefined before. */
  exitCode: number | undefined;
  readonly #controller = new AbortController();
  readonly #handlers = new Map<SignalName, () => void>();

  constructor(terminal: Terminal) {
    for (const name of Object.keys(CODES) as SignalName[]) {
      const handler = () => this.#interrupt(name, terminal);
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  release(): void {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }

  #interrupt(name: SignalName, terminal: Terminal): void {
    const code = CODES[name];
    if (this.exitCode !== undefined) {
      terminal.restore();
      process.exit(code);
    }
    this.exitCode = code;
    this.#controller.abort(name);
    setTimeout(() => {
      terminal.restore();
      process.exit(code);
    }, GRACE_MS).unref();
  }
}
