import type { GpujsKernel } from './library';

/** A kernel that gpu.js has compiled, for one text, one set of constants and one set of sizes. */
export class Compiled {
  /** Results on the graphics card that are still in use: gpu.js frees and reads them through their kernel. */
  living = 0;
  /** Dropped from the cache: destroyed as soon as nothing of it lives. */
  retired = false;
  /** Ran once, on the back-end that was asked for. */
  proven = false;

  constructor(
    readonly kernel: GpujsKernel,
    /** Elements of the output of the last run. */
    public size: number,
  ) {}

  retire(): void {
    this.retired = true;
    this.destroyIfUnused();
  }

  release(): void {
    this.living--;
    this.destroyIfUnused();
  }

  private destroyIfUnused(): void {
    if (this.retired && this.living === 0) this.kernel.destroy();
  }

  /** The card went away, or this page's share of it; gpu.js goes on as if it had not. */
  get lost(): boolean {
    const { context } = this.kernel.kernel;
    return context?.isLost === true || context?.isContextLost?.() === true;
  }

  /** Bytes that the kernel itself holds: a WebAssembly memory, or an output that no tensor shares any more. */
  get ownBytes(): number {
    const { texture, outputBuffer, _moduleCache: modules } = this.kernel.kernel;
    let bytes = 0;
    for (const { memory } of modules?.values() ?? []) bytes += memory?.buffer.byteLength ?? 0;
    if ((texture?.texture ?? outputBuffer)?._refs === 1) bytes += 4 * this.size;
    return bytes;
  }
}
