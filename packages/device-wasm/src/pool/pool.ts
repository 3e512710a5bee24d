import { CLOSED, CONTROL_BYTES, INSIDE, JOB, MAX_ARGS, SPIN_MICROSECONDS, WORD } from './control';
import { spawnWorker, type WorkerHandle } from './spawn';

export type KernelFunction = (...args: number[]) => unknown;

export interface PoolOptions {
  /** Threads in all, the calling one included. */
  threads: number;
  memory: WebAssembly.Memory;
  workerUrl?: string | URL | undefined;
}

/** Chunks per thread: a few, so that a thread that was interrupted does not make the others wait for long. */
const CHUNKS_PER_THREAD = 4;
const INT32_MAX = 0x7fffffff;

/** Splits calls of kernel functions over worker threads; see `control.ts` for the protocol. Workers never keep the process alive. */
export class Pool {
  readonly threads: number;
  readonly #control = new SharedArrayBuffer(CONTROL_BYTES);
  readonly #words = new Int32Array(this.#control);
  readonly #args = new Float64Array(this.#control, WORD.args * 4, MAX_ARGS);
  readonly #workers: WorkerHandle[] = [];
  readonly #started: Promise<void>;
  #failure: string | undefined;
  #job = 0;
  readonly #mayBlock: boolean;

  /** Returns at once; until a worker is up, the others do its share. Throws when the platform refuses to start workers. */
  constructor(options: PoolOptions) {
    this.threads = options.threads;
    this.#words[WORD.state] = CLOSED;
    this.#mayBlock = mayBlock(this.#words);
    let waiting = options.threads - 1;
    let settle: () => void = () => undefined;
    this.#started = new Promise((resolve) => (settle = resolve));
    const onReady = () => {
      if (--waiting === 0) settle();
    };
    const onFailure = (reason: string) => {
      this.#failure ??= reason;
      settle();
    };
    for (let i = 1; i < options.threads; i++)
      this.#workers.push(spawnWorker(options.workerUrl, { onReady, onFailure }));
    if (options.threads < 2) settle();
    this.#mail({ control: this.#control, memory: options.memory, modules: [] });
  }

  /** Why workers are gone or never came; undefined while all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Resolves when all workers run or one has failed. */
  started(): Promise<void> {
    return this.#started;
  }

  /** Makes a module callable; modules are numbered in the order of these calls. */
  addModule(module: WebAssembly.Module): void {
    this.#mail({ modules: [module] });
  }

  /**
   * Calls function `fn` of `module` on ranges that cover [0, total); `own` is the same function for this thread.
   * Ranges begin at multiples of `grain`. Throws what `own` throws, or a `RuntimeError` with the message when it threw in a worker.
   */
  run(module: number, fn: number, own: KernelFunction, total: number, grain: number, args: readonly number[]): void {
    const words = this.#words;
    const chunk = grain * Math.max(1, Math.ceil(total / (this.threads * CHUNKS_PER_THREAD * grain)));
    // Every thread adds one chunk too many to `next`; where that could overflow, this thread works alone.
    if (total + chunk * (this.threads + 1) > INT32_MAX || args.length > MAX_ARGS) {
      own(0, total, ...args);
      return;
    }
    words[WORD.module] = module;
    words[WORD.fn] = fn;
    words[WORD.argc] = args.length;
    words[WORD.total] = total;
    words[WORD.chunk] = chunk;
    for (let i = 0; i < args.length; i++) this.#args[i] = args[i]!;
    Atomics.store(words, WORD.next, 0);
    this.#job = (this.#job + 1) & 0x7fffff;
    Atomics.store(words, WORD.state, this.#job * JOB);
    this.#wake();
    try {
      for (;;) {
        const begin = Atomics.add(words, WORD.next, chunk);
        if (begin >= total) break;
        own(begin, Math.min(total, begin + chunk), ...args);
      }
    } finally {
      Atomics.store(words, WORD.next, total);
      this.#close();
    }
    if (words[WORD.failed]) this.#rethrow();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#workers.length = 0;
  }

  #wake(): void {
    Atomics.add(this.#words, WORD.wake, 1);
    if (Atomics.load(this.#words, WORD.sleepers) > 0) Atomics.notify(this.#words, WORD.wake);
  }

  #close(): void {
    const words = this.#words;
    let state = Atomics.or(words, WORD.state, CLOSED) | CLOSED;
    if (!(state & INSIDE)) return;
    const blockAt = performance.now() + SPIN_MICROSECONDS / 1000;
    for (let spins = 1; ; spins++) {
      state = Atomics.load(words, WORD.state);
      if (!(state & INSIDE)) return;
      if (this.#mayBlock && spins % 64 === 0 && performance.now() > blockAt) Atomics.wait(words, WORD.state, state);
    }
  }

  #mail(message: object): void {
    // Counted before it is posted: a worker that has handled as many as were counted stops listening and waits for jobs.
    Atomics.add(this.#words, WORD.mail, 1);
    for (const worker of this.#workers) worker.post(message);
    this.#wake();
  }

  #rethrow(): never {
    const text = new Uint16Array(this.#control, WORD.errorText * 4, this.#words[WORD.errorLength]);
    const message = String.fromCharCode(...text);
    this.#words[WORD.errorLength] = 0;
    this.#words[WORD.failed] = 0;
    throw new WebAssembly.RuntimeError(`${message} (in a worker thread)`);
  }
}

/** A page's main thread must not wait on shared memory; asking is the only sure way to know. */
function mayBlock(words: Int32Array): boolean {
  try {
    Atomics.wait(words, WORD.failed, 1, 0);
    return true;
  } catch {
    return false;
  }
}
