import {
  DTYPES,
  DeviceError,
  type Arg,
  type Device,
  type DeviceCaps,
  type DType,
  type Kernel,
  type TypedArray,
} from '@paperzoo/core';
import type { WasmContext } from './context';
import { Allocator, type AllocatorStats } from './memory/allocator';
import { GuardedAllocator, type BlockAllocator } from './memory/guarded';
import type { DeviceMemory } from './memory/memory';
import { Modules, type LoadedModule } from './module/modules';
import type { Pool } from './pool/pool';

type Args = readonly Arg<number>[];
type OptionalArgs = readonly (Arg<number> | undefined)[];

export interface WasmDeviceParts {
  memory: DeviceMemory;
  pool: Pool | undefined;
  caps: DeviceCaps;
  kernels: readonly Kernel<number>[];
  debug: boolean;
}

/** Runs kernels at once, on one linear memory; handles are byte offsets. Made by `wasm()`. */
export class WasmDevice implements Device<number> {
  readonly name = 'wasm';
  readonly caps: DeviceCaps;
  readonly kernels: readonly Kernel<number>[];
  readonly #memory: DeviceMemory;
  readonly #allocator: BlockAllocator;
  readonly #guards: GuardedAllocator | undefined;
  readonly #modules: Modules;
  readonly #pool: Pool | undefined;
  readonly #loaded = new Map<Kernel<number>, LoadedModule | undefined>();
  readonly #context: Context;

  constructor(parts: WasmDeviceParts) {
    this.caps = parts.caps;
    this.kernels = parts.kernels;
    this.#memory = parts.memory;
    this.#pool = parts.pool;
    this.#guards = parts.debug ? new GuardedAllocator(parts.memory) : undefined;
    this.#allocator = this.#guards ?? new Allocator(parts.memory);
    this.#modules = new Modules(parts.memory, (loaded) => this.#pool?.addModule(loaded.module));
    this.#context = new Context(parts.memory, this.#allocator, parts.pool);
  }

  /** Packed copies of weights, the size of the linear memory, and what the allocator counts. */
  memory(): AllocatorStats & { readonly packedBytes: number; readonly reservedBytes: number } {
    return { ...this.#allocator.stats, packedBytes: this.#context.packedBytes, reservedBytes: this.#memory.bytes };
  }

  /** Why `parallel` runs on fewer threads than `caps.threads`, when it does. */
  get threadFailure(): string | undefined {
    return this.#pool?.failure;
  }

  alloc(bytes: number): number {
    return this.#allocator.alloc(bytes);
  }

  free(ptr: number, bytes: number): void {
    this.#allocator.free(ptr, bytes);
  }

  freePacked(packed: Map<string, unknown>): void {
    for (const copy of packed.values()) this.#context.unpack(copy as PackedCopy);
    packed.clear();
  }

  write(ptr: number, data: TypedArray): void {
    // Numbers beside tensors come one by one and often; a view for each would cost more than the write.
    if (data.length === 1 && data instanceof Float32Array) {
      this.#memory.f32[ptr >>> 2] = data[0]!;
      return;
    }
    this.#memory.u8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), ptr);
  }

  async read(ptr: number, dtype: DType, size: number): Promise<TypedArray> {
    return this.readSync(ptr, dtype, size);
  }

  readSync(ptr: number, dtype: DType, size: number): TypedArray {
    const { array, bytes } = DTYPES[dtype];
    const copy = new Uint8Array(size * bytes);
    copy.set(this.#memory.u8.subarray(ptr, ptr + copy.length));
    return new array(copy.buffer, 0, size);
  }

  async load(kernels: readonly Kernel<number>[]): Promise<void> {
    const modules = await Promise.all(kernels.map((k) => (k.module ? this.#modules.load(k.module, k.id) : undefined)));
    kernels.forEach((kernel, i) => this.#loaded.set(kernel, modules[i]));
  }

  run(kernel: Kernel<number>, ins: OptionalArgs, outs: Args, attrs: object): void {
    const module = this.#loaded.get(kernel);
    const context = this.#context;
    context.enter(module);
    try {
      kernel.run(context, ins, outs, attrs as never);
      if (this.#guards) this.#check(kernel, ins, outs, this.#guards);
    } catch (error) {
      throw error instanceof WebAssembly.RuntimeError || error instanceof RangeError ? trapError(kernel, error) : error;
    } finally {
      context.leave();
    }
  }

  async dispose(): Promise<void> {
    await this.#pool?.dispose();
    // A disposed zoo may be kept in a variable; its memory need not be.
    this.#loaded.clear();
    this.#modules.clear();
    this.#context.enter(undefined);
    this.#memory.release();
  }

  #check(kernel: Kernel<number>, ins: OptionalArgs, outs: Args, guards: GuardedAllocator): void {
    for (const ptr of this.#context.scratchPointers) guards.wrote(ptr, kernel.id);
    for (const out of outs) guards.wrote(out.buffer, kernel.id);
    for (const arg of ins) if (arg) guards.wrote(arg.buffer, kernel.id);
  }
}

function trapError(kernel: Kernel<number>, cause: Error): DeviceError {
  return new DeviceError(`Kernel ${kernel.id} stopped: ${cause.message}.`, {
    op: kernel.op.name,
    got: cause.message,
    cause,
  });
}

/** What the core keeps for us in a persistent storage's map. */
interface PackedCopy {
  readonly ptr: number;
  readonly bytes: number;
}

/** The one `WasmContext` of a device; `enter` and `leave` bracket each call. */
class Context implements WasmContext {
  exports: WasmContext['exports'] = NO_EXPORTS;
  readonly scratchPointers: number[] = [];
  packedBytes = 0;
  readonly #scratchBytes: number[] = [];
  #module: LoadedModule | undefined;

  constructor(
    private readonly memory: DeviceMemory,
    private readonly allocator: BlockAllocator,
    private readonly pool: Pool | undefined,
  ) {}

  enter(module: LoadedModule | undefined): void {
    this.#module = module;
    this.exports = (module?.exports ?? NO_EXPORTS) as WasmContext['exports'];
  }

  leave(): void {
    while (this.scratchPointers.length) this.allocator.free(this.scratchPointers.pop()!, this.#scratchBytes.pop()!);
  }

  get threads(): number {
    return this.pool && !this.pool.failure ? this.pool.threads : 1;
  }
  get u8(): Uint8Array {
    return this.memory.u8;
  }
  get f32(): Float32Array {
    return this.memory.f32;
  }
  get i32(): Int32Array {
    return this.memory.i32;
  }
  get u32(): Uint32Array {
    return this.memory.u32;
  }

  scratch(bytes: number): number {
    const ptr = this.allocator.alloc(bytes);
    this.scratchPointers.push(ptr);
    this.#scratchBytes.push(bytes);
    return ptr;
  }

  packed(arg: Arg<number>, key: string, bytes: number, fill: (ptr: number) => void): number {
    const copies = arg.packed;
    if (!copies) {
      const ptr = this.scratch(bytes);
      fill(ptr);
      return ptr;
    }
    const known = copies.get(key) as PackedCopy | undefined;
    if (known) return known.ptr;
    const copy = { ptr: this.allocator.alloc(bytes), bytes };
    this.packedBytes += bytes;
    try {
      fill(copy.ptr);
    } catch (error) {
      this.unpack(copy);
      throw error;
    }
    copies.set(key, copy);
    return copy.ptr;
  }

  unpack({ ptr, bytes }: PackedCopy): void {
    this.allocator.free(ptr, bytes);
    this.packedBytes -= bytes;
  }

  parallel(name: string, total: number, grain: number, ...args: number[]): void {
    if (total <= 0) return;
    const f = this.exports[name]!;
    const pool = this.pool;
    if (!pool || total <= grain || pool.failure) f(0, total, ...args);
    else pool.run(this.#module!.index, this.#module!.positions.get(name)!, f, total, grain, args);
  }
}

const NO_EXPORTS: WasmContext['exports'] = Object.freeze({});
