import { fork } from 'node:child_process';
import { AbortError } from '@paperzoo/core';
import type { RaceJob, RaceMessage } from './protocol';

const STDERR_LIMIT = 4000;

/**
 * Runs a job in a process of its own and hands on what it tells. Resolves when it has ended; rejects with `AbortError` when the signal
 * fires (the process is gone by then), or with an error that carries the end of its error output when it dies.
 */
export function runChild(
  entry: string,
  job: RaceJob,
  tell: (message: RaceMessage) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(entry, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    let complaint = '';
    let ended = false;
    child.stderr!.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-STDERR_LIMIT);
    });
    const abort = () => void child.kill('SIGKILL');
    signal?.addEventListener('abort', abort, { once: true });
    child.on('message', (message: RaceMessage) => {
      ended ||= message.type === 'end';
      tell(message);
    });
    child.once('error', reject);
    child.once('close', (code, killed) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(new AbortError('The benchmark was aborted.', { cause: signal.reason }));
      else if (ended) resolve();
      else
        reject(new Error(`the process of the benchmark ended with ${killed ?? `code ${code}`}: ${complaint.trim()}`));
    });
    if (signal?.aborted) abort();
    else child.send(job);
  });
}
