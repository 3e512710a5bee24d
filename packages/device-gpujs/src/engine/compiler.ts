import { DeviceError, DeviceLostError, ZooError } from '@paperzoo/core';
import type { Launch } from '../context';
import { isResident, type GpujsMode } from '../mode';
import { helpers } from '../text/helpers';
import { returnsNumber } from '../text/returns-number';
import { Compiled } from './compiled';
import type { GpujsInstance } from './library';

/** Kernels kept compiled. A model needs one for each distinct layer; beyond this the longest unused goes. */
const MOST = 512;
/** gpu.js stops a loop after 1,000 rounds, silently, unless told otherwise. No array here is longer than this. */
const LONGEST_LOOP = 2 ** 24;

/** Compiles launches, keeps what was compiled, and makes sure that it runs where it was asked to. */
export class Compiler {
  // Maps keep the order of insertion: the first is the longest unused.
  readonly #kept = new Map<string, Compiled>();
  readonly #all = new Set<Compiled>();

  constructor(
    private readonly gpu: GpujsInstance,
    private readonly mode: GpujsMode,
  ) {}

  compile(launch: Launch, sizes: readonly number[], size: number): Compiled {
    const { source, constants = {}, floats = {} } = launch;
    const key = `${source}\0${JSON.stringify([constants, floats, sizes, size])}`;
    let compiled = this.#kept.get(key);
    if (compiled) this.#kept.delete(key);
    else compiled = this.#create(launch, size);
    this.#kept.set(key, compiled);
    if (this.#kept.size > MOST) {
      const [oldest, loser] = this.#kept.entries().next().value!;
      this.#kept.delete(oldest);
      loser.retire();
      this.#all.delete(loser);
    }
    return compiled;
  }

  /** A kernel whose sizes may change from call to call. */
  create(launch: Launch): Compiled {
    return this.#create(launch, 1, { dynamicOutput: true, dynamicArguments: true });
  }

  #create({ source, constants = {}, floats = {} }: Launch, size: number, dynamic = {}): Compiled {
    for (const [name, value] of Object.entries(constants)) {
      if (!Number.isInteger(value)) throw wrongConstant(name, 'a whole number', value);
    }
    for (const [name, value] of Object.entries(floats)) {
      if (!Number.isFinite(value)) throw wrongConstant(name, 'finite', value);
    }
    if (!returnsNumber(source)) throw new DeviceError('gpujs: a kernel must return one number, and no array.');
    const types = (names: object, type: 'Integer' | 'Float') => Object.keys(names).map((name) => [name, type] as const);
    const kernel = this.gpu.createKernel(source, {
      output: [size],
      constants: { ...constants, ...floats },
      constantTypes: Object.fromEntries([...types(constants, 'Integer'), ...types(floats, 'Float')]),
      functions: helpers,
      loopMaxIterations: LONGEST_LOOP,
      precision: 'single',
      tactic: 'precision',
      returnType: 'Number',
      pipeline: isResident(this.mode),
      immutable: isResident(this.mode),
      ...dynamic,
    });
    const compiled = new Compiled(kernel, size);
    this.#all.add(compiled);
    return compiled;
  }

  /** Called after a kernel's first run: what gpu.js cannot translate it hands to its `cpu` mode with no more than a warning. */
  prove(compiled: Compiled): void {
    if (compiled.proven) return;
    const { constructor, fallbackReason } = compiled.kernel.kernel;
    // gpu.js calls both of its WebGL back-ends `gpu`; of the two, only the second is made in this mode.
    const wanted = this.mode === 'webgl2' ? 'gpu' : this.mode;
    if (constructor.mode !== wanted || fallbackReason) {
      const why = fallbackReason ? `: ${fallbackReason}` : '';
      const details = { expected: this.mode, got: constructor.mode };
      throw new DeviceError(`gpujs: a kernel ran on ${constructor.mode} instead of ${this.mode}${why}.`, details);
    }
    compiled.proven = true;
  }

  /** Forgets a kernel that failed, so that the next call starts afresh. */
  forget(compiled: Compiled): void {
    for (const [key, kept] of this.#kept) if (kept === compiled) this.#kept.delete(key);
    this.#all.delete(compiled);
    compiled.retire();
  }

  /** What went wrong, as this library says it. */
  explain(cause: unknown, compiled?: Compiled): ZooError {
    if (cause instanceof ZooError) return cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (compiled?.lost) {
      return new DeviceLostError(`gpujs: the graphics device was lost: ${reason}`, {
        remedy: 'Make a new zoo.',
        cause,
      });
    }
    // gpu.js prints the browser's EvalError and goes on without the function that it failed to make.
    const remedy =
      this.mode === 'cpu' && /not defined/.test(reason)
        ? "This mode makes code at run time, which a page's Content-Security-Policy may forbid ('unsafe-eval'); the others do not."
        : undefined;
    return new DeviceError(`gpujs (${this.mode}): ${reason}`, { ...(remedy && { remedy }), cause });
  }

  /** Bytes that compiled kernels hold beside the tensors. */
  get ownBytes(): number {
    let bytes = 0;
    for (const compiled of this.#all) bytes += compiled.ownBytes;
    return bytes;
  }

  get count(): number {
    return this.#kept.size;
  }
}

const wrongConstant = (name: string, wanted: string, got: number) =>
  new DeviceError(`gpujs: the kernel constant ${name} must be ${wanted}, got ${got}.`, { argument: name, got });
