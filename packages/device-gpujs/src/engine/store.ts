import { DeviceError } from '@paperzoo/core';
import { isResident, type GpujsMode } from '../mode';
import type { Slot } from '../slot';
import type { Compiled } from './compiled';
import type { Compiler } from './compiler';
import type { KernelResult, Library, Resident } from './library';

/** Moves elements between this side and the graphics card, and runs compiled kernels on them. */
export class Store {
  /** Bytes of all slots that hold something. */
  bytes = 0;
  #upload: Compiled | undefined;

  constructor(
    private readonly library: Library,
    private readonly compiler: Compiler,
    private readonly mode: GpujsMode,
  ) {}

  /** Puts elements into a slot, on this side: they travel when a kernel first wants them. */
  write(slot: Slot, values: Float32Array): void {
    this.clear(slot);
    slot.host = values;
    this.bytes += 4 * slot.size;
  }

  clear(slot: Slot): void {
    if (slot.host || slot.resident) this.bytes -= 4 * slot.size;
    slot.host = undefined;
    slot.resident?.delete();
    slot.resident = undefined;
    slot.maker?.release();
    slot.maker = undefined;
  }

  /** A slot as an argument of a kernel. */
  argument(slot: Slot): unknown {
    if (isResident(this.mode)) return slot.resident!;
    return this.library.input(this.#filled(slot), [slot.size]);
  }

  /** Gives `out` what a kernel returned. */
  keep(out: Slot, compiled: Compiled, result: Float32Array | Resident): void {
    this.clear(out);
    if (result instanceof Float32Array) out.host = result;
    else {
      out.resident = result;
      out.maker = compiled;
      compiled.living++;
    }
    this.bytes += 4 * out.size;
  }

  needsUpload(slot: Slot): boolean {
    return isResident(this.mode) && slot.resident === undefined;
  }

  /** Starts the copy of a slot to the graphics card: one kernel that copies serves all sizes. */
  upload(slot: Slot): { compiled: Compiled; result: KernelResult } {
    const values = this.#filled(slot);
    const compiled = (this.#upload ??= this.compiler.create({ source: 'function (x) { return x[this.thread.x]; }' }));
    compiled.kernel.setOutput([slot.size]);
    compiled.size = slot.size;
    return { compiled, result: compiled.kernel(this.library.input(values, [slot.size])) };
  }

  /** A copy of a slot's elements. */
  read(slot: Slot): Float32Array | Promise<Float32Array> {
    if (slot.host) return slot.host.slice();
    if (!slot.resident) throw empty();
    const values = slot.resident.toArray();
    return values instanceof Promise ? values.then((v) => Float32Array.from(v)) : Float32Array.from(values);
  }

  #filled(slot: Slot): Float32Array {
    if (!slot.host) throw empty();
    return slot.host;
  }
}

const empty = () => new DeviceError('gpujs: memory was read before anything was written to it.');
