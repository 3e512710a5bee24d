import { createZoo, type Plugin, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import plugin from '../../src/index';

const devices = {
  cpu: () => cpu(),
  wasm: () => wasm({ threads: 1, debug: true }),
  'wasm ×2': () => wasm({ threads: 2, debug: true }),
};

/** A zoo with this plugin, or a variant of it; memory around every buffer is watched. */
export const openZoo = (device: keyof typeof devices, variant: Plugin = plugin): Promise<Zoo> =>
  createZoo({ device: devices[device](), plugins: [variant], log: () => undefined });
