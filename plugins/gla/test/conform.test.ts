import { test } from '@jest/globals';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { conform } from '@paperzoo/testing';
import plugin from '../src/index';

const checks = conform(plugin, {
  devices: { cpu: cpu(), 'wasm ×1': wasm({ debug: true }), 'wasm ×2': wasm({ threads: 2, debug: true }) },
  twins: [['wasm ×1', 'wasm ×2']],
});

for (const { name, run } of checks) test(name, run);
