// Stands between gpu.js and the browser's graphics interfaces: counts what crosses, and can take the card away.

/** What a page's graphics card was asked for since the last `reset`. */
export class Card {
  /** Copies of results to this side. */
  reads = 0;
  /** Copies of elements to the card; sizes and strides of a launch do not count. */
  uploads = 0;
  /** Programs and pipelines compiled. */
  compiled = 0;
  /** Launches of a kernel. */
  launches = 0;
  /** Takes away the card that was used last. */
  lose: () => void = () => undefined;

  constructor() {
    const gl = WebGL2RenderingContext.prototype;
    before(gl, 'readPixels', () => this.reads++);
    before(gl, 'drawArrays', () => this.launches++);
    for (const name of ['texImage2D', 'texSubImage2D'] as const) {
      before(gl, name, (_context, args) => {
        if (args.some((arg) => ArrayBuffer.isView(arg))) this.uploads++;
      });
    }
    before(gl, 'createProgram', (context) => {
      this.compiled++;
      this.lose = () => context.getExtension('WEBGL_lose_context')?.loseContext();
    });
    before(GPUBuffer.prototype, 'mapAsync', () => this.reads++);
    before(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => this.launches++);
    before(GPUQueue.prototype, 'writeBuffer', (_queue, [buffer]) => {
      if (!((buffer as GPUBuffer).usage & GPUBufferUsage.UNIFORM)) this.uploads++;
    });
    before(GPUDevice.prototype, 'createComputePipeline', () => this.compiled++);
    before(GPUDevice.prototype, 'createComputePipelineAsync', () => this.compiled++);
    before(GPUDevice.prototype, 'createBuffer', (device, [descriptor]) => {
      if ((descriptor as GPUBufferDescriptor).mappedAtCreation) this.uploads++;
      this.lose = () => device.destroy();
    });
  }

  reset(): void {
    this.reads = this.uploads = this.compiled = this.launches = 0;
  }

  get counts(): { reads: number; uploads: number; compiled: number; launches: number } {
    const { reads, uploads, compiled, launches } = this;
    return { reads, uploads, compiled, launches };
  }
}

/** Calls `note` before each call of a method of every object of this prototype. */
function before<T extends object>(
  prototype: T,
  method: keyof T,
  note: (self: T, args: readonly unknown[]) => void,
): void {
  const original = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, method, function (this: T, ...args: unknown[]) {
    note(this, args);
    return original.apply(this, args);
  });
}
