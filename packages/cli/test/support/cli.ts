import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

export interface Outcome {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends SIGINT, once, as soon as the output so far fits this. */
  readonly interruptAt?: RegExp;
  /** Closes the reading end of stdout before anything is written. */
  readonly deaf?: boolean;
}

/** Runs the built command as its user would, without a terminal. */
export function paperzoo(
  args: readonly string[],
  { cwd = ROOT, env = {}, interruptAt, deaf }: RunOptions = {},
): Promise<Outcome> {
  if (!existsSync(BIN)) throw new Error(`${BIN} does not exist: build the package first.`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd,
      env: { ...bare(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let waiting = true;
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        said[name] += chunk.toString();
        if (waiting && interruptAt?.test(said.stdout + said.stderr)) {
          waiting = false;
          child.kill('SIGINT');
        }
      });
    }
    if (deaf) child.stdout.destroy();
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: said.stdout, stderr: said.stderr.replace(UNBUILT, '') }));
  });
}

/** Other papers of this repository need not be built for these tests, and are warned about then. */
const UNBUILT = /^warning: plugin @paperzoo\/\S+ is left out: .*: is the package built\?\n/gm;

/** The environment without what would change the output or reach the network. */
function bare(): NodeJS.ProcessEnv {
  const {
    FORCE_COLOR: _f,
    NO_COLOR: _n,
    COLUMNS: _c,
    HF_ENDPOINT: _e,
    HF_TOKEN: _t,
    NODE_OPTIONS: _o,
    ...rest
  } = process.env;
  return rest;
}

/** The only thing on stdout is one JSON document. */
export const parsed = <T = Record<string, unknown>>({ stdout }: Outcome): T => JSON.parse(stdout) as T;
