import type { Arg } from '@paperzoo/core';

/** What a kernel's `run` gets on this device. One object serves all calls: do not keep it, nor any view taken from it. */
export interface WasmContext {
  /** Functions of the kernel's own module. Pointers are byte offsets; 0 means absent. */
  readonly exports: Readonly<Record<string, (...args: number[]) => number>>;
  /** Threads that `parallel` may use, this one included. */
  readonly threads: number;
  /** Views of the whole memory. Allocating (`scratch`, `packed`) may detach them: fetch afterwards. */
  readonly u8: Uint8Array;
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  /** Uninitialised memory, 16-byte aligned, freed when the call returns. */
  scratch(bytes: number): number;
  /**
   * A repacked copy of an input, made by `fill(ptr)`. For persistent inputs (weights) it is made once per `key` and lives as long as
   * the input's storage; for others it is scratch. `key` must tell layouts and shapes apart.
   */
  packed(arg: Arg<number>, key: string, bytes: number, fill: (ptr: number) => void): number;
  /**
   * Calls the exported function `name(begin, end, ...args)` on ranges that cover [0, total), on all threads. Ranges begin at multiples of
   * `grain`, the least that is worth handing over; up to one grain runs on the calling thread alone. At most 32 arguments.
   * The function must compute each index independently of how the space is split.
   */
  parallel(name: string, total: number, grain: number, ...args: number[]): void;
}
