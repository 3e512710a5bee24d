import { AttrError, type DeviceFactory } from '@paperzoo/core';
import { WebgpuDevice } from './device';
import { openAdapter } from './gpu/adapter';

export interface WebgpuOptions {
  /** Which adapter of a machine with two; default: the system's choice. */
  powerPreference?: 'low-power' | 'high-performance';
  /** Ask for the software adapter, where the system has one. Default false. */
  forceFallbackAdapter?: boolean;
  /** Let lanes that the adapter runs together add up without meeting at barriers, where it can. Last bits differ from without. Default true. */
  subgroups?: boolean;
}

/**
 * The WebGPU device: `createZoo({ device: webgpu() })`, in browsers that have WebGPU and in Node with the package `webgpu` beside it.
 * Throws `AttrError` for impossible options, `DeviceError` where there is no WebGPU or no adapter.
 */
export function webgpu({ powerPreference, forceFallbackAdapter, subgroups = true }: WebgpuOptions = {}): DeviceFactory {
  if (powerPreference !== undefined && powerPreference !== 'low-power' && powerPreference !== 'high-performance') {
    throw new AttrError(
      `webgpu: powerPreference must be 'low-power' or 'high-performance', got ${String(powerPreference)}.`,
      {
        argument: 'powerPreference',
        got: powerPreference,
      },
    );
  }
  const adapter = {
    ...(powerPreference && { powerPreference }),
    ...(forceFallbackAdapter !== undefined && { forceFallbackAdapter }),
  };
  return async () => new WebgpuDevice(await openAdapter(adapter, { subgroups }));
}
