import { test } from '@jest/globals';
import { wasm } from '@paperzoo/device-wasm';
import { conformModels } from '@paperzoo/testing';
import plugin from '../src/index';

// Other devices compute the same ops, which conform.test.ts compares; here it is the cards that are checked.
const checks = conformModels(plugin, { devices: { wasm: wasm({ threads: 2 }) } });

for (const { name, run } of checks) test(name, run, 120_000);
