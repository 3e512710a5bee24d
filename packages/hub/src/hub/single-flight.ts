import { AbortError, throwIfAborted } from '@paperzoo/core';

interface Job {
  readonly key: readonly unknown[];
  readonly controller: AbortController;
  readonly listeners: Set<(loaded: number, total: number | undefined) => void>;
  waiting: number;
  result: Promise<Uint8Array>;
}

/** Downloads under way in this process; entries leave when they end. */
const jobs: Job[] = [];

export type JobRunner = (
  signal: AbortSignal,
  onBytes: (loaded: number, total: number | undefined) => void,
) => Promise<Uint8Array>;

/**
 * Joins the job with an equal key, or starts it. Each caller leaves by its own signal; the job itself is aborted when the
 * last caller left, so one impatient caller does not break the others' load.
 */
export function singleFlight(
  key: readonly unknown[],
  run: JobRunner,
  signal: AbortSignal | undefined,
  onBytes: (loaded: number, total: number | undefined) => void,
  what: string,
): Promise<Uint8Array> {
  throwIfAborted(signal, what);
  let job = jobs.find(
    (j) => !j.controller.signal.aborted && j.key.length === key.length && j.key.every((k, i) => k === key[i]),
  );
  if (!job) job = start(key, run);
  const joined = job;
  return new Promise((resolve, reject) => {
    const listener = (loaded: number, total: number | undefined): void => {
      try {
        onBytes(loaded, total);
      } catch (error) {
        leave(() => reject(error));
      }
    };
    const leave = (settle: () => void): void => {
      if (!joined.listeners.delete(listener)) return;
      signal?.removeEventListener('abort', onAbort);
      if (--joined.waiting === 0) joined.controller.abort();
      settle();
    };
    const onAbort = (): void =>
      leave(() => reject(new AbortError(`${what} was aborted.`, { file: what, cause: signal?.reason })));
    joined.waiting++;
    joined.listeners.add(listener);
    signal?.addEventListener('abort', onAbort);
    joined.result.then(
      (bytes) => leave(() => resolve(bytes)),
      (error: unknown) => leave(() => reject(error)),
    );
  });
}

function start(key: readonly unknown[], run: JobRunner): Job {
  const controller = new AbortController();
  const listeners: Job['listeners'] = new Set();
  const report = (loaded: number, total: number | undefined): void =>
    [...listeners].forEach((listener) => listener(loaded, total));
  const job: Job = { key, controller, listeners, waiting: 0, result: Promise.resolve(new Uint8Array()) };
  job.result = run(controller.signal, report).finally(() => jobs.splice(jobs.indexOf(job), 1));
  jobs.push(job);
  return job;
}
