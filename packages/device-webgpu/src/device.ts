// The device that the core talks to: it owns buffers, records commands and reads results.
import {
  AsyncReadError,
  DeviceError,
  DTYPES,
  type Arg,
  type Device,
  type DeviceCaps,
  type DType,
  type Kernel,
  type TypedArray,
} from '@paperzoo/core';
import { programsOf, type WebgpuCall, type WebgpuContext, type WebgpuHandle } from './context';
import type { OpenedAdapter } from './gpu/adapter';
import { Held } from './gpu/held';
import { Pipelines } from './gpu/pipelines';
import { BufferPool, type Handle } from './gpu/pool';
import type { Program } from './gpu/program';
import { Reader } from './gpu/reader';
import { MOST, Recorder } from './gpu/recorder';
import { Timer, type Timing } from './gpu/timer';
import { webgpuKernels } from './kernels/index';

/** Beyond this, a write waits for the commands before it rather than taking a second buffer. */
const MOST_EXCHANGED = 2 ** 20;

export class WebgpuDevice implements Device<Handle> {
  readonly name = 'webgpu';
  readonly caps: DeviceCaps;
  readonly kernels = webgpuKernels as readonly Kernel<Handle>[];
  private readonly gpu: GPUDevice;
  /** Only held, never used. */
  readonly origin: unknown;
  private readonly recorder: Recorder;
  private readonly pipelines: Pipelines;
  private readonly pool: BufferPool;
  private readonly reader: Reader;
  private readonly held: Held;
  private readonly context: Context;
  private timing = false;

  constructor({ device, gpu, name, info }: OpenedAdapter) {
    this.gpu = device;
    this.origin = gpu;
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
    const maxBufferBytes = Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / 4) * 4;
    this.caps = Object.freeze({ device: 'webgpu', threads: 1, maxBufferBytes, info });
    this.recorder = new Recorder(device, name);
    this.pipelines = new Pipelines(device, name, info.subgroups === true, this.recorder.ring);
    this.pool = new BufferPool(device, name, maxBufferBytes, (block) => this.pipelines.forget(block));
    this.held = new Held(this.pipelines);
    // Free memory may still be in use by commands that are held.
    this.recorder.onSubmit = () => this.held.active || this.pool.trim();
    this.reader = new Reader(device, this.recorder, this.held);
    this.context = new Context(this.caps, this.recorder, this.pipelines, this.pool, this.held);
  }

  /** Dispatches recorded since the device was made. */
  get dispatches(): number {
    return this.recorder.dispatches;
  }

  /** Programs that were compiled while a call waited; with `prepare`, none. */
  get blockingCompilations(): number {
    return this.pipelines.blocking;
  }

  alloc(bytes: number, dtype: DType): Handle {
    // Opening the batch first puts a failing allocation inside its error scopes.
    const { batch } = this.recorder;
    const wide = (bytes / DTYPES[dtype].bytes) * 4;
    return { block: this.pool.take(wide), bytes: wide, batch };
  }

  free({ block }: Handle): void {
    this.pool.give(block);
  }

  write(handle: Handle, data: TypedArray): void {
    const values = widened(data);
    if (!this.held.touches(handle.block)) return this.overtake(handle, values);
    const copy = values === data ? values.slice() : values;
    this.held.order([], { outs: [handle], run: () => this.overtake(handle, copy) });
  }

  /** Writes overtake commands that are not submitted yet; a buffer that those use must not change under them. */
  private overtake(handle: Handle, values: ReturnType<typeof widened>): void {
    const { batch } = this.recorder;
    if (handle.block.used === batch) {
      // What is free of recorded commands may not be free of held ones.
      if (handle.bytes > MOST_EXCHANGED || this.held.active) this.recorder.flush();
      else {
        const fresh = this.pool.take(handle.bytes, batch);
        this.pool.give(handle.block);
        handle.block = fresh;
      }
    }
    this.gpu.queue.writeBuffer(handle.block.buffer, 0, values);
    handle.batch = this.recorder.batch;
  }

  async read(handle: Handle, dtype: DType, size: number): Promise<TypedArray> {
    return this.reader.read(handle, dtype, size);
  }

  readSync(): TypedArray {
    throw new AsyncReadError('dataSync(): a graphics adapter can only be read asynchronously.', {
      remedy: 'Use `await tensor.data()`.',
    });
  }

  /** Compiles all that a call needs, without blocking, before anything of it runs. Rejects with `DeviceError` if a shader does not compile. */
  prepare<T>(fn: () => T | Promise<T>): Promise<T> {
    return this.held.during(fn);
  }

  async load(kernels: readonly Kernel<Handle>[]): Promise<void> {
    await this.pipelines.prepare(kernels.flatMap((kernel) => programsOf(kernel as Kernel<WebgpuHandle>)));
  }

  run(
    kernel: Kernel<Handle>,
    ins: readonly (Arg<Handle> | undefined)[],
    outs: readonly Arg<Handle>[],
    attrs: object,
  ): void {
    this.context.enter(kernel.id);
    try {
      kernel.run(this.context, ins, outs, attrs as never);
    } finally {
      this.context.leave();
    }
  }

  /** Makes a call and times each of its dispatches. One at a time. Throws `DeviceError` where there is no clock. */
  async timed(fn: () => unknown): Promise<Timing[]> {
    const { adapter, timestamps } = this.caps.info;
    if (!timestamps || this.timing) {
      const why = timestamps ? 'another call is being timed' : `${String(adapter)} has no timestamp-query`;
      throw new DeviceError(`webgpu: dispatches cannot be timed: ${why}.`, {
        remedy: timestamps ? 'Await it first.' : 'Measure the time until a read instead.',
      });
    }
    this.timing = true;
    const timer = new Timer(this.gpu, MOST);
    try {
      this.recorder.time(timer);
      await fn();
      await this.held.drain();
    } finally {
      this.recorder.time(undefined);
      this.timing = false;
      await Promise.race([timer.close(), this.recorder.whenLost]);
    }
    return [...timer.timings.values()];
  }

  memory(): { readonly packedBytes: number; readonly reservedBytes: number } {
    return { packedBytes: 0, reservedBytes: this.pool.reservedBytes + this.reader.reservedBytes };
  }

  dispose(): void {
    this.recorder.close();
    this.pool.dispose();
    this.gpu.destroy();
  }
}

/** Elements of 32 bits each, in memory that is not shared: some implementations crash on shared memory. */
function widened(data: TypedArray): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
  if (data instanceof Uint8Array) return Uint32Array.from(data);
  const shared = typeof SharedArrayBuffer !== 'undefined' && data.buffer instanceof SharedArrayBuffer;
  return (shared ? data.slice() : data) as Float32Array<ArrayBuffer>;
}

/** The one `WebgpuContext` of a device; `enter` and `leave` bracket each call. */
class Context implements WebgpuContext {
  private kernel = '';
  private readonly scratched: Handle[] = [];

  constructor(
    readonly caps: DeviceCaps,
    private readonly recorder: Recorder,
    private readonly pipelines: Pipelines,
    private readonly pool: BufferPool,
    private readonly held: Held,
  ) {}

  enter(kernel: string): void {
    this.kernel = kernel;
  }

  leave(): void {
    for (const { block } of this.scratched) this.pool.give(block);
    this.scratched.length = 0;
  }

  dispatch(key: string, make: () => Program, { ins, outs, params = [], size }: WebgpuCall): void {
    if (size === 0) return;
    const call = { ins: ins as readonly Handle[], outs: outs as readonly Handle[], params, size };
    const { kernel } = this;
    const run = () => {
      // A shader that does not compile is the batch's error too.
      void this.recorder.batch;
      const pipeline = this.pipelines.get(key, make);
      const given = params.length + (pipeline.perGroup ? 2 : 0);
      if (given !== pipeline.types.length) {
        const message = `webgpu: ${kernel}: program ${key} has ${pipeline.types.length} parameters, got ${given}.`;
        throw new DeviceError(message, { argument: key, expected: pipeline.types.length, got: given });
      }
      this.recorder.dispatch(kernel, this.pipelines, pipeline, call);
    };
    this.held.order(call.ins, { outs: call.outs, program: [key, make], run });
  }

  scratch(elements: number): Handle {
    const { batch } = this.recorder;
    const handle: Handle = { block: this.pool.take(Math.max(4, elements * 4)), bytes: elements * 4, batch };
    this.scratched.push(handle);
    return handle;
  }
}
