// A race in Node, on the adapter that the package `webgpu` finds: in a process of its own, which a driver may take down.
import { fork } from 'node:child_process';
import { AbortError } from '@paperzoo/core';
import type { Job, PageResult } from '../problem';
import type { NodeMessage } from '../node/child';

const STDERR_LIMIT = 4000;

/** Runs a job in the process `entry`. Rejects with `AbortError`, or with the reason why there is no result. */
export function raceInNode(
  entry: string,
  job: Job,
  signal: AbortSignal | undefined,
  onProgress: (fraction: number) => void,
): Promise<PageResult> {
  return new Promise((resolve, reject) => {
    // The environment chooses the driver, and a caller may have changed it.
    const { env } = process;
    const child = fork(entry, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [], env });
    let complaint = '';
    let last: NodeMessage | undefined;
    child.stderr!.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-STDERR_LIMIT);
    });
    const abort = () => void child.kill('SIGKILL');
    signal?.addEventListener('abort', abort, { once: true });
    child.on('message', (message: NodeMessage) => {
      if (message.type === 'fraction') onProgress(message.fraction);
      else last = message;
    });
    child.once('error', reject);
    child.once('close', (code, killed) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(new AbortError('The benchmark was aborted.', { cause: signal.reason }));
      else if (last?.type === 'result') resolve(last.result);
      else if (last?.type === 'failed') reject(new Error(last.reason));
      else
        reject(new Error(`the process of the benchmark ended with ${killed ?? `code ${code}`}: ${complaint.trim()}`));
    });
    if (signal?.aborted) abort();
    else child.send(job);
  });
}
