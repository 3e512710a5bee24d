import { DeviceError, DeviceLostError, type ZooError } from '@paperzoo/core';
import type { Compiled } from './compiled';

const REMEDY = { remedy: 'Make a new zoo.' };

/** What a card reports outside of any call, such as memory that ran out: gpu.js prints it or lets it pass, and results are then zeros. */
export class Health {
  #broken: ZooError | undefined;
  #watched: EventTarget | undefined;

  /** Listens to the WebGPU device that a kernel runs on. */
  watch({ kernel }: Compiled): void {
    const device = kernel.kernel.context?.device;
    if (!device || device === this.#watched) return;
    this.#watched = device;
    device.addEventListener('uncapturederror', (event) => {
      const { error } = event as Event & { readonly error?: Error };
      const message = `gpujs: WebGPU reports: ${error?.message ?? 'an error'}`;
      this.#broken ??= new DeviceError(message, { ...REMEDY, cause: error });
    });
  }

  /** Called after a read, with the kernel that made what was read: throws when nothing computed since can be trusted. */
  demand(maker: Compiled | undefined): void {
    if (maker?.lost) throw new DeviceLostError('gpujs: the graphics device was lost.', REMEDY);
    const code = maker?.kernel.kernel.context?.getError?.() ?? 0;
    if (code !== 0) this.#broken ??= new DeviceError(`gpujs: WebGL reports error ${code}.`, REMEDY);
    if (this.#broken) throw this.#broken;
  }
}
