// Buffers are kept when they are freed: making one costs more than most kernels, and training frees thousands per step.
import { DeviceError } from '@paperzoo/core';
import type { Batch } from './batch';
import { USAGE } from './constants';

/** Memory of a tensor, scratch or weight. `write` may exchange the buffer behind it, which is why it is one step away. */
export interface Handle {
  block: Block;
  readonly bytes: number;
  /** The batch that wrote it last: reading waits for its verdict. */
  batch: Batch | undefined;
}

export interface Block {
  readonly buffer: GPUBuffer;
  readonly size: number;
  /** Names it in the keys of bind groups. */
  readonly id: number;
  /** The batch that used it last. */
  used: Batch | undefined;
}

const SMALLEST = 256;
/** Free memory beyond this share of what is in use goes back to the system. */
const KEPT_SHARE = 1;
const KEPT_BYTES = 64 * 2 ** 20;

/** 256, 320, 384, 448, 512, 640 …: at most a quarter is wasted, and sizes that repeat meet each other's buffers. */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2);
  return Math.ceil(bytes / step) * step;
}

export class BufferPool {
  /** Bytes of all buffers that exist, free ones too; buffers in use count in `liveBytes`. */
  reservedBytes = 0;
  liveBytes = 0;
  private readonly free = new Map<number, Block[]>();
  private nextId = 1;

  constructor(
    private readonly device: GPUDevice,
    private readonly adapter: string,
    private readonly mostBytes: number,
    private readonly onDestroy: (block: Block) => void,
  ) {}

  /** A block of at least `bytes`. `unusedBy` excludes blocks that a batch still being recorded reads or writes. */
  take(bytes: number, unusedBy?: Batch): Block {
    if (bytes > this.mostBytes) {
      const limit = `one buffer on ${this.adapter} holds at most ${this.mostBytes}`;
      throw new DeviceError(`webgpu: ${bytes} bytes were asked for; ${limit}.`, {
        expected: this.mostBytes,
        got: bytes,
        remedy: 'Use a smaller batch or a shorter sequence.',
      });
    }
    const size = Math.min(sizeClass(bytes), this.mostBytes);
    this.liveBytes += size;
    const list = this.free.get(size);
    if (list) {
      const at = unusedBy ? list.findIndex((block) => block.used !== unusedBy) : list.length - 1;
      if (at >= 0) return list.splice(at, 1)[0]!;
    }
    this.reservedBytes += size;
    const buffer = this.device.createBuffer({
      size,
      usage: USAGE.storage | USAGE.copySource | USAGE.copyTarget,
    });
    return { buffer, size, id: this.nextId++, used: undefined };
  }

  give(block: Block): void {
    this.liveBytes -= block.size;
    const list = this.free.get(block.size);
    if (list) list.push(block);
    else this.free.set(block.size, [block]);
  }

  /** Returns free memory to the system where much lies idle. Only between batches: none may be in use by one being recorded. */
  trim(): void {
    const allowed = Math.max(KEPT_BYTES, this.liveBytes * KEPT_SHARE);
    if (this.reservedBytes - this.liveBytes <= allowed) return;
    for (const [size, list] of [...this.free].sort(([a], [b]) => b - a)) {
      while (list.length > 0 && this.reservedBytes - this.liveBytes > allowed) this.destroy(list.shift()!);
      if (list.length === 0) this.free.delete(size);
    }
  }

  private destroy(block: Block): void {
    this.reservedBytes -= block.size;
    block.buffer.destroy();
    this.onDestroy(block);
  }

  dispose(): void {
    for (const list of this.free.values()) for (const block of list) this.destroy(block);
    this.free.clear();
  }
}
