import { DeviceError } from '@paperzoo/core';

export const PAGE_BYTES = 65536;
/** wasm32 addresses end here; browsers on small machines may grant less. */
export const MAX_PAGES = 65536;

export interface MemoryOptions {
  /** Make it visible to worker threads. */
  shared: boolean;
  /** Bytes at the start; default 1 MiB. */
  initialBytes?: number;
  /** Bytes it may grow to; default 4 GiB, the end of the 32-bit address space. */
  maximumBytes?: number;
}

/** Bytes in words that people use. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let i = 0;
  while (bytes >= 1024 && i < units.length - 1) {
    bytes /= 1024;
    i++;
  }
  return `${Number(bytes.toFixed(1))} ${units[i]}`;
}

/**
 * The one linear memory of a device. It grows, never shrinks, and every growth may detach JS views, so views are always fetched
 * from here and never kept across an allocation.
 */
export class DeviceMemory {
  memory: WebAssembly.Memory;
  readonly shared: boolean;
  readonly maximumBytes: number;
  #u8!: Uint8Array;
  #f32!: Float32Array;
  #i32!: Int32Array;
  #u32!: Uint32Array;

  constructor(options: MemoryOptions) {
    const initial = pages(options.initialBytes ?? 1 << 20);
    let maximum = Math.min(MAX_PAGES, pages(options.maximumBytes ?? MAX_PAGES * PAGE_BYTES));
    if (!(initial <= maximum)) {
      throw new DeviceError(
        `The memory cannot start with more than its maximum of ${humanBytes(maximum * PAGE_BYTES)}.`,
        {
          argument: 'initialBytes',
          expected: `at most ${maximum * PAGE_BYTES}`,
          got: options.initialBytes,
        },
      );
    }
    this.shared = options.shared;
    let memory: WebAssembly.Memory | undefined;
    // A shared memory reserves its whole maximum at once, which phones may refuse: ask for less until it is granted.
    while (!memory) {
      try {
        memory = new WebAssembly.Memory({ initial, maximum, shared: options.shared });
      } catch (cause) {
        if (maximum >> 1 < Math.max(initial, 256)) {
          throw new DeviceError(`No WebAssembly memory of ${humanBytes(initial * PAGE_BYTES)} could be reserved.`, {
            cause,
          });
        }
        maximum >>= 1;
      }
    }
    this.memory = memory;
    this.maximumBytes = maximum * PAGE_BYTES;
    this.#refresh();
  }

  get bytes(): number {
    return this.#u8.length;
  }

  get u8(): Uint8Array {
    return this.#u8.length ? this.#u8 : this.#refresh().#u8;
  }
  get f32(): Float32Array {
    return this.#f32.length ? this.#f32 : this.#refresh().#f32;
  }
  get i32(): Int32Array {
    return this.#i32.length ? this.#i32 : this.#refresh().#i32;
  }
  get u32(): Uint32Array {
    return this.#u32.length ? this.#u32 : this.#refresh().#u32;
  }

  /** Makes room for at least `bytes` more; a little extra is asked first, so that growing stays rare. `what` goes into the error. */
  grow(bytes: number, what: string): void {
    const need = pages(bytes);
    const room = this.maximumBytes / PAGE_BYTES - this.bytes / PAGE_BYTES;
    const generous = Math.min(room, Math.max(need, Math.min(this.bytes / PAGE_BYTES / 4, 1024)) | 0);
    for (const ask of [generous, need]) {
      if (ask < need || ask > room) continue;
      try {
        this.memory.grow(ask);
        this.#refresh();
        return;
      } catch {
        // The engine may have less left than the maximum promises: ask for the bare need next.
      }
    }
    throw new DeviceError(
      `Out of memory: ${what} needs ${humanBytes(bytes)} more, ${humanBytes(this.bytes)} are in use of at most ${humanBytes(this.maximumBytes)}` +
        `${this.maximumBytes === MAX_PAGES * PAGE_BYTES ? ' (4 GiB is all that 32-bit WebAssembly can address)' : ''}.`,
      {
        expected: `at most ${this.maximumBytes - this.bytes} bytes`,
        got: bytes,
        remedy: 'Dispose of tensors, use scopes or a smaller batch.',
      },
    );
  }

  /** Lets the engine take the memory back although this object lives on; nothing may be allocated afterwards. */
  release(): void {
    this.memory = new WebAssembly.Memory({ initial: 0, maximum: 0 });
    this.#refresh();
  }

  #refresh(): this {
    const buffer = this.memory.buffer;
    this.#u8 = new Uint8Array(buffer);
    this.#f32 = new Float32Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    return this;
  }
}

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES);
}
