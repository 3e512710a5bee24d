import {
  AttrError,
  DTYPES,
  DeviceError,
  type Arg,
  type Device,
  type DeviceFactory,
  type DType,
  type Kernel,
  type TypedArray,
} from '@paperzoo/core';
import { cpuKernels } from './kernels/index';
import type { Values } from './values';

export interface CpuOptions {
  /** `f32` (default) rounds each op's result once to float32; `f64` keeps doubles between ops, the yardstick for everything else. */
  precision?: 'f32' | 'f64';
}

/** V8's limit on one typed array, which other engines share or exceed. */
const MAX_BYTES = 2 ** 32;

/** The reference device: plain loops, double precision inside. Slow, and what every other device is compared with. */
export function cpu({ precision = 'f32' }: CpuOptions = {}): DeviceFactory {
  if (precision !== 'f32' && precision !== 'f64') {
    throw new AttrError(`cpu: precision must be 'f32' or 'f64', got ${String(precision)}.`, {
      argument: 'precision',
      got: precision,
    });
  }
  return () => new CpuDevice(precision === 'f64');
}

class CpuDevice implements Device<Values> {
  readonly name = 'cpu';
  readonly caps;
  readonly kernels: readonly Kernel<Values>[] = cpuKernels;
  #reserved = 0;

  constructor(private readonly doubles: boolean) {
    const info = Object.freeze({ precision: doubles ? 'f64' : 'f32' });
    this.caps = Object.freeze({ device: 'cpu', threads: 1, maxBufferBytes: MAX_BYTES, info });
  }

  alloc(bytes: number, dtype: DType): Values {
    const size = bytes / DTYPES[dtype].bytes;
    try {
      const values =
        this.doubles && dtype === 'f32' ? new Float64Array(size) : new DTYPES[dtype].array(new ArrayBuffer(bytes));
      this.#reserved += values.byteLength;
      return values;
    } catch (cause) {
      throw new DeviceError(`Out of memory: the cpu device could not allocate ${bytes} bytes.`, { got: bytes, cause });
    }
  }

  free(values: Values): void {
    this.#reserved -= values.byteLength;
  }

  write(values: Values, data: TypedArray): void {
    values.set(data);
  }

  async read(values: Values, dtype: DType, size: number): Promise<TypedArray> {
    return this.readSync(values, dtype, size);
  }

  readSync(values: Values, dtype: DType, size: number): TypedArray {
    const copy = new DTYPES[dtype].array(new ArrayBuffer(size * DTYPES[dtype].bytes));
    copy.set(values.subarray(0, size));
    return copy;
  }

  async load(): Promise<void> {
    // Kernels here are functions already.
  }

  run(
    kernel: Kernel<Values>,
    ins: readonly (Arg<Values> | undefined)[],
    outs: readonly Arg<Values>[],
    attrs: object,
  ): void {
    kernel.run(undefined, ins, outs, attrs as never);
  }

  memory(): { packedBytes: number; reservedBytes: number } {
    return { packedBytes: 0, reservedBytes: this.#reserved };
  }

  dispose(): void {
    // Garbage collection frees the arrays.
  }
}
