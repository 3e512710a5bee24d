// Where a call spends the adapter's time.
import { DeviceError, type Zoo } from '@paperzoo/core';
import { WebgpuDevice } from './device';

/** All dispatches of one program that one kernel made. */
export interface GpuProfileRow {
  /** The kernel's id, such as `matmul/webgpu`. */
  readonly kernel: string;
  /** The shader, of which a kernel may have several. */
  readonly program: string;
  readonly dispatches: number;
  /** Time of all of them on the adapter, in milliseconds. */
  readonly ms: number;
}

export interface GpuProfile {
  readonly adapter: string;
  readonly dispatches: number;
  /** Sum of all rows: the adapter's own time, without what passes between dispatches. */
  readonly ms: number;
  /** The longest first. */
  readonly rows: readonly GpuProfileRow[];
}

/**
 * Times every dispatch of a call on a WebGPU zoo by the adapter's clock: `await profileCall(zoo, () => model.forward(x))`. Dispatches are kept
 * apart meanwhile, so that their sum is somewhat more than the call takes; call it once before, or compilation is in the waiting.
 * Browsers round the clock to 0.1 ms unless told otherwise (Chromium: `--enable-webgpu-developer-features`).
 * Throws `DeviceError` for another device's zoo, and where the adapter has no clock that programs may read.
 */
export async function profileCall(zoo: Zoo, fn: () => unknown): Promise<GpuProfile> {
  const { device } = zoo;
  if (!(device instanceof WebgpuDevice)) {
    throw new DeviceError(`profileCall: dispatches are timed on WebGPU; this zoo is on ${device.name}.`, {
      argument: 'zoo',
      expected: 'webgpu',
      got: device.name,
    });
  }
  const timings = await device.timed(fn);
  const rows = timings.map((row) => ({ ...row })).sort((a, b) => b.ms - a.ms);
  return {
    adapter: String(device.caps.info.adapter),
    dispatches: rows.reduce((sum, row) => sum + row.dispatches, 0),
    ms: rows.reduce((sum, row) => sum + row.ms, 0),
    rows,
  };
}
