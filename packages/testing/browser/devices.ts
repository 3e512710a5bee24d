// The devices that a page can try, and what it finds out about each before anything is checked on it.
import { createZoo, type DeviceFactory } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { gpujs } from '@paperzoo/device-gpujs';
import { wasm } from '@paperzoo/device-wasm';
import { webgpu } from '@paperzoo/device-webgpu';

/** Factories by the names that the table shows. */
export const DEVICES: Readonly<Record<string, () => DeviceFactory>> = {
  cpu: () => cpu(),
  wasm: () => wasm({ debug: true }),
  'wasm ×2': () => wasm({ threads: 2, debug: true }),
  webgpu: () => webgpu(),
  'gpujs webgpu': () => gpujs({ mode: 'webgpu' }),
  'gpujs webgl2': () => gpujs({ mode: 'webgl2' }),
};

/** What a browser says of one device. */
export interface DeviceReport {
  readonly name: string;
  /** Absent from this browser: `reason` says why, and nothing is checked. */
  readonly here: boolean;
  readonly reason?: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** Opens a device for a moment. */
export async function describeDevice(name: string): Promise<DeviceReport> {
  try {
    const zoo = await createZoo({ device: DEVICES[name]!(), log: () => undefined });
    const { info, threads, maxBufferBytes } = zoo.device.caps;
    await zoo.dispose();
    const facts = { threads, maxBufferBytes, ...info };
    // One thread is a column of its own: a second one of it would show what nobody asked.
    if (name.includes('×2') && threads < 2)
      return { name, here: false, reason: String(info.threadsReason ?? 'there is one thread only'), facts };
    return { name, here: true, facts };
  } catch (error) {
    return { name, here: false, reason: error instanceof Error ? error.message : String(error), facts: {} };
  }
}
