import type { Spec, TypedArray, DType } from './dtype';
import type { Kernel } from './kernel';

/** What a device can do; kernels' `supports` may look at it, so that their choice is reproducible. */
export interface DeviceCaps {
  readonly device: string;
  readonly threads: number;
  /** Most bytes one buffer may have. */
  readonly maxBufferBytes: number;
  /** Free-form facts for `doctor`: isolation, SIMD flavour, adapter. */
  readonly info: Readonly<Record<string, string | number | boolean>>;
}

/** An input or output of a kernel: a tensor's spec and the device's own handle on its memory. */
export interface Arg<Handle = unknown> extends Spec {
  readonly size: number;
  /** wasm: byte offset in the memory (16-byte aligned). cpu: a typed array. */
  readonly buffer: Handle;
  /** True for weights: the kernel may keep a repacked copy in the storage's cache (see `KernelContext.packed`). */
  readonly persistent: boolean;
  /** Where a device keeps repacked copies of a persistent argument; undefined for all others. */
  readonly packed: Map<string, unknown> | undefined;
}

/**
 * One place where tensors live and ops run. The core calls it; users never do.
 * Contract: `alloc` gives uninitialised memory and throws `DeviceError` when there is none; the core calls `free` exactly once per
 * handle; `write` and `run` enqueue in order; `read` resolves with a copy of everything enqueued before it.
 */
export interface Device<Handle = unknown> {
  readonly name: string;
  readonly caps: DeviceCaps;
  /** Kernels for core ops that the device brings itself. */
  readonly kernels: readonly Kernel<Handle>[];
  alloc(bytes: number, dtype: DType): Handle;
  free(handle: Handle, bytes: number): void;
  write(handle: Handle, data: TypedArray): void;
  read(handle: Handle, dtype: DType, size: number): Promise<TypedArray>;
  /** Throws `AsyncReadError` on devices that cannot. */
  readSync(handle: Handle, dtype: DType, size: number): TypedArray;
  /** Awaited before any of the kernels may run: compile modules, build pipelines. */
  load(kernels: readonly Kernel<Handle>[]): Promise<void>;
  run(
    kernel: Kernel<Handle>,
    ins: readonly (Arg<Handle> | undefined)[],
    outs: readonly Arg<Handle>[],
    attrs: object,
  ): void;
  /** Makes a call, and runs what it enqueues when all of it is compiled; rejects if something does not compile. */
  prepare?<T>(fn: () => T | Promise<T>): Promise<T>;
  /** Called when a storage with packed copies is freed. */
  freePacked?(packed: Map<string, unknown>): void;
  /** Bytes beside the tensors' own: packed copies of weights, and what is reserved from the system in all. */
  memory?(): { readonly packedBytes: number; readonly reservedBytes: number };
  dispose(): Promise<void> | void;
}

/** Makes a device; `createZoo` awaits it. `wasm({ threads: 2 })` returns one of these. */
export type DeviceFactory = () => Promise<Device> | Device;
