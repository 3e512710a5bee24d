import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program to its end and resolves to its exit code (128 + n after signal n) and what it printed.
 * Without `onLine` the program owns the terminal and `output` is empty; with it, both streams are read line by line.
 * Ctrl-C reaches the child through the terminal, so this process only waits for it; a SIGTERM is handed on.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, { cwd, env, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: onLine ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    let interrupted = false;
    const wait = () => (interrupted = true);
    const hand = () => child.kill('SIGTERM');
    process.on('SIGINT', wait);
    process.on('SIGTERM', hand);
    const streams = onLine ? [child.stdout, child.stderr] : [];
    const output = [];
    for (const stream of streams) readLines(stream, (line) => (output.push(line), onLine?.(line)));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', hand);
      // Whoever pressed Ctrl-C wants the whole command to end, not its next step to begin.
      if (interrupted) process.exit(128 + constants.signals.SIGINT);
      resolve({ code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'], output: output.join('\n') });
    });
  });
}

/** Runs a program silently: see {@link run}. */
export const capture = (command, args, options) => run(command, args, { ...options, onLine: () => undefined });

function readLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  stream.on('end', () => rest && onLine(rest));
}
