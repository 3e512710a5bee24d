import {
  AsyncReadError,
  DeviceError,
  DisposedError,
  DTYPES,
  type Arg,
  type Device,
  type DeviceCaps,
  type DType,
  type Kernel,
  type TypedArray,
  type ZooError,
} from '@paperzoo/core';
import type { GpuContext, Launch } from './context';
import type { Compiled } from './engine/compiled';
import { Compiler } from './engine/compiler';
import type { GpujsInstance, KernelResult, Library, Resident } from './engine/library';
import { Health } from './engine/health';
import { fromFloats, toFloats } from './engine/numbers';
import { Store } from './engine/store';
import { gpujsKernels } from './kernels/index';
import type { GpujsMode } from './mode';
import { Slot } from './slot';

/** Positions in an array travel as float32, which counts no further. */
export const MOST_ELEMENTS = 2 ** 24;

/**
 * Tensors as arrays, textures or buffers, and ops as functions compiled by gpu.js. In webgpu mode everything that gpu.js does takes a
 * promise: work is queued in order there and a failure shows in the reads that depend on it; in the other modes it is done at once.
 */
export class GpujsDevice implements Device<Slot>, GpuContext {
  readonly name = 'gpujs';
  readonly kernels: readonly Kernel<Slot>[] = gpujsKernels;
  readonly #compiler: Compiler;
  readonly #store: Store;
  readonly #waits: boolean;
  #tail: Promise<void> = Promise.resolve();
  #temporary: Slot[] = [];
  #disposed = false;
  readonly #health = new Health();

  constructor(
    library: Library,
    private readonly gpu: GpujsInstance,
    private readonly mode: GpujsMode,
    readonly caps: DeviceCaps,
  ) {
    this.#waits = mode === 'webgpu';
    this.#compiler = new Compiler(gpu, mode);
    this.#store = new Store(library, this.#compiler, mode);
  }

  alloc(bytes: number, dtype: DType): Slot {
    const size = bytes / DTYPES[dtype].bytes;
    // Small dtypes pass the core's check of bytes with more elements than this device can count.
    if (4 * size > this.caps.maxBufferBytes) {
      const most = this.caps.maxBufferBytes / 4;
      throw new DeviceError(`gpujs: one tensor holds at most ${most} elements, got ${size}.`, {
        expected: most,
        got: size,
      });
    }
    return new Slot(size);
  }

  free(slot: Slot): void {
    this.#order(() => this.#store.clear(slot));
  }

  write(slot: Slot, data: TypedArray): void {
    const floats = toFloats(data);
    this.#order(() => this.#store.write(slot, floats));
  }

  async read(slot: Slot, dtype: DType, size: number): Promise<TypedArray> {
    let values: Float32Array | undefined;
    await this.#order(async () => {
      if (slot.failure) throw slot.failure;
      try {
        values = await this.#store.read(slot);
      } catch (cause) {
        throw this.#compiler.explain(cause, slot.maker);
      }
      this.#health.demand(slot.maker);
    });
    return fromFloats(values!.subarray(0, size), dtype);
  }

  readSync(slot: Slot, dtype: DType, size: number): TypedArray {
    if (this.#waits) {
      const remedy = 'Await `data()`, or make the device with another mode.';
      throw new AsyncReadError('gpujs: WebGPU cannot be read at once.', { remedy });
    }
    const values = this.#store.read(slot) as Float32Array;
    this.#health.demand(slot.maker);
    return fromFloats(values.subarray(0, size), dtype);
  }

  async load(): Promise<void> {
    // gpu.js compiles a kernel when it is first called, because only then its sizes are known.
  }

  run(kernel: Kernel<Slot>, ins: readonly (Arg<Slot> | undefined)[], outs: readonly Arg<Slot>[], attrs: object): void {
    this.#temporary = [];
    try {
      kernel.run(this, ins, outs, attrs as never);
    } finally {
      for (const slot of this.#temporary) this.free(slot);
      this.#temporary = [];
    }
  }

  scratch(size: number): Slot {
    const slot = this.alloc(4 * size, 'f32');
    this.#temporary.push(slot);
    return slot;
  }

  values(...numbers: number[]): Slot {
    const slot = this.scratch(numbers.length);
    this.write(slot, Float32Array.from(numbers));
    return slot;
  }

  launch(out: Slot, inputs: readonly Slot[], launch: Launch): void {
    if (out.size === 0) return;
    // gpu.js has no arrays of length 0; the loop over such an input has no rounds, and one element is never read.
    const ins = inputs.map((slot) => (slot.size === 0 ? this.values(0) : slot));
    if (this.#waits) {
      this.#order(async () => {
        try {
          await this.#launch(out, ins, launch);
        } catch (error) {
          out.failure = this.#compiler.explain(error);
        }
      });
      return;
    }
    for (const slot of ins) if (this.#store.needsUpload(slot)) this.#finish(slot, this.#upload(slot));
    this.#finish(out, this.#start(out, ins, launch));
  }

  /** The same as at the end of `launch`, for a mode that takes promises. */
  async #launch(out: Slot, ins: readonly Slot[], launch: Launch): Promise<void> {
    for (const slot of ins) if (slot.failure) throw slot.failure;
    for (const slot of ins) {
      if (this.#store.needsUpload(slot)) await this.#settle(slot, this.#upload(slot));
    }
    await this.#settle(out, this.#start(out, ins, launch));
  }

  #start(out: Slot, ins: readonly Slot[], launch: Launch): { compiled: Compiled; result: KernelResult } {
    const compiled = this.#compiler.compile(
      launch,
      ins.map((slot) => slot.size),
      out.size,
    );
    try {
      return { compiled, result: compiled.kernel(...ins.map((slot) => this.#store.argument(slot))) };
    } catch (cause) {
      throw this.#failed(compiled, cause);
    }
  }

  #upload(slot: Slot): { compiled: Compiled; result: KernelResult } {
    try {
      return this.#store.upload(slot);
    } catch (cause) {
      throw this.#compiler.explain(cause);
    }
  }

  #finish(out: Slot, { compiled, result }: { compiled: Compiled; result: KernelResult }): void {
    try {
      this.#compiler.prove(compiled);
    } catch (cause) {
      throw this.#failed(compiled, cause);
    }
    this.#store.keep(out, compiled, result as Float32Array | Resident);
  }

  async #settle(out: Slot, started: { compiled: Compiled; result: KernelResult }): Promise<void> {
    const { compiled } = started;
    try {
      const result = await started.result;
      this.#health.watch(compiled);
      this.#finish(out, { compiled, result });
    } catch (cause) {
      throw this.#failed(compiled, cause);
    }
  }

  #failed(compiled: Compiled, cause: unknown): ZooError {
    const error = this.#compiler.explain(cause, compiled);
    this.#compiler.forget(compiled);
    return error;
  }

  /** Does something after everything asked for before: at once, or when the queue gets there. */
  #order(task: () => void | Promise<void>): Promise<void> {
    if (!this.#waits) {
      if (this.#disposed) throw gone();
      return task() ?? Promise.resolve();
    }
    const done = this.#tail.then(() => {
      if (this.#disposed) throw gone();
      return task();
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }

  memory(): { packedBytes: number; reservedBytes: number; kernels: number } {
    const { bytes } = this.#store;
    return { packedBytes: 0, reservedBytes: bytes + this.#compiler.ownBytes, kernels: this.#compiler.count };
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    await this.#tail;
    this.#disposed = true;
    await this.gpu.destroy();
  }
}

const gone = () => new DisposedError('gpujs: the zoo was disposed before this was done.');
