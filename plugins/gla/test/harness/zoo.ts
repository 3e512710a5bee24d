import { createZoo, type DeviceFactory, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import plugin from '../../src/index';

/** The devices that every case runs on. */
export const DEVICES = ['cpu', 'wasm', 'wasm 2 threads'] as const;
export type DeviceName = (typeof DEVICES)[number];

const factories: Record<DeviceName, () => DeviceFactory> = {
  cpu: () => cpu(),
  wasm: () => wasm({ threads: 1 }),
  'wasm 2 threads': () => wasm({ threads: 2 }),
};

/** A zoo on one of the devices, with this plugin. */
export const zooOn = (device: DeviceName): Promise<Zoo> =>
  createZoo({ device: factories[device](), plugins: [plugin], log: () => undefined });
