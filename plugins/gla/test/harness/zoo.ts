import { createZoo, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import plugin from '../../src/index';

/** The devices that every case runs on. */
export const DEVICES = ['cpu', 'wasm'] as const;
export type DeviceName = (typeof DEVICES)[number];

/** A zoo on one of the devices, with this plugin. */
export const zooOn = (device: DeviceName): Promise<Zoo> =>
  createZoo({ device: device === 'cpu' ? cpu() : wasm({ threads: 1 }), plugins: [plugin], log: () => undefined });
