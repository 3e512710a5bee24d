import type { Terminal } from './terminal/terminal';

/** What every command gets beside its own arguments. */
export interface Context {
  readonly terminal: Terminal;
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Options that every command understands. */
export interface CommonOptions {
  /** Names or paths of plugins beside those that are found. */
  readonly plugin?: readonly string[];
}
