import { createZoo, type DeviceFactory, type Zoo } from '@paperzoo/core';
import type { Context } from './context';
import { describe } from './terminal/report-error';
import type { FoundPlugin } from './plugins/plugin-set';

/** Devices that every machine has. */
export const DEVICES = ['wasm', 'cpu'] as const;
/** What `--device` takes. `auto` is webgpu where an adapter passes its self-test, else wasm. */
export const DEVICE_CHOICES = [...DEVICES, 'webgpu', 'gpujs', 'auto'] as const;
export type DeviceName = (typeof DEVICE_CHOICES)[number];

/** The factory of a device by name; only that device's code is imported. */
export async function deviceFactory(name: DeviceName, threads = 1): Promise<DeviceFactory> {
  if (name === 'cpu') return (await import('@paperzoo/device-cpu')).cpu();
  if (name === 'webgpu') return (await import('@paperzoo/device-webgpu')).webgpu();
  if (name === 'gpujs') return (await import('@paperzoo/device-gpujs')).gpujs();
  const { wasm } = await import('@paperzoo/device-wasm');
  if (name === 'wasm') return wasm({ threads });
  const { auto, webgpu } = await import('@paperzoo/device-webgpu');
  return auto(webgpu(), wasm({ threads }));
}

/** A zoo with every plugin that loads here; one whose kernels do not is warned about and left out. */
export async function makeZoo(
  { terminal }: Context,
  found: readonly FoundPlugin[],
  { device, threads = 1 }: { device: DeviceName; threads?: number },
): Promise<Zoo> {
  const zoo = await createZoo({
    device: await deviceFactory(device, threads),
    log: ({ message }) => {
      if (terminal.debug) terminal.note(message);
    },
  });
  for (const { name, plugin } of found) {
    try {
      await zoo.use(plugin);
    } catch (error) {
      terminal.warn(`plugin ${name} is left out: ${describe(error).message}`);
    }
  }
  if (device === 'cpu' && threads > 1) terminal.warn(`the cpu device has one thread, not ${threads}`);
  const { threadsReason, reason } = zoo.device.caps.info;
  if (reason !== undefined) terminal.note(`device ${String(reason)}`);
  if (threadsReason !== undefined) terminal.warn(`one thread instead of ${threads}: ${String(threadsReason)}`);
  return zoo;
}
