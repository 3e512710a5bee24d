import { workerSource } from './worker-source';

/** The little that the pool needs of a worker, the same for Node and pages. */
export interface WorkerHandle {
  post(message: unknown): void;
  terminate(): Promise<void> | void;
}

export interface WorkerEvents {
  /** The worker cannot go on, or never started. */
  onFailure(reason: string): void;
  onReady(): void;
}

interface NodeThreads {
  Worker: new (
    source: string,
    options: object,
  ) => {
    postMessage(message: unknown): void;
    terminate(): Promise<number>;
    unref(): void;
    on(event: string, listener: (value: unknown) => void): void;
  };
}

/** `node:worker_threads` where it exists; asked of the process, so that bundles for pages contain no trace of it. */
function nodeThreads(): NodeThreads | undefined {
  const process = (globalThis as { process?: { versions?: { node?: string }; getBuiltinModule?(id: string): unknown } })
    .process;
  return process?.versions?.node
    ? (process.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined)
    : undefined;
}

export const isNode = (): boolean => nodeThreads() !== undefined;

/** Starts one worker; throws when the platform refuses at once, reports later failures through `events`. */
export function spawnWorker(workerUrl: string | URL | undefined, events: WorkerEvents): WorkerHandle {
  const threads = nodeThreads();
  return threads ? spawnNode(threads, events) : spawnWeb(workerUrl, events);
}

function spawnNode({ Worker }: NodeThreads, events: WorkerEvents): WorkerHandle {
  // Flags such as loaders are for the main program; workers run plain text and start faster without them.
  const worker = new Worker(workerSource, { eval: true, execArgv: [], name: 'paperzoo-wasm' });
  let ending = false;
  worker.on('message', events.onReady);
  worker.on('error', (error) => events.onFailure(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => {
    if (!ending) events.onFailure(`the worker ended with code ${String(code)}`);
  });
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    async terminate() {
      ending = true;
      await worker.terminate();
    },
  };
}

function spawnWeb(workerUrl: string | URL | undefined, events: WorkerEvents): WorkerHandle {
  const blobUrl =
    workerUrl === undefined ? URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' })) : undefined;
  const worker = new Worker(workerUrl ?? blobUrl!);
  const revoke = () => blobUrl && URL.revokeObjectURL(blobUrl);
  worker.onmessage = () => {
    revoke();
    events.onReady();
  };
  worker.onerror = (event) => {
    revoke();
    event.preventDefault();
    events.onFailure(
      event.message ||
        'the page does not allow this worker (content security policy or a missing file); serve worker.js and pass workerUrl',
    );
  };
  return { post: (message) => worker.postMessage(message), terminate: () => worker.terminate() };
}
