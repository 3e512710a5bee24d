import { test } from '@jest/globals';
import { cpu } from '@paperzoo/device-cpu';
import { conform } from '../src/index';
import { coreOps } from './core-ops';

for (const { name, run } of conform(coreOps, { devices: { cpu: cpu() } })) test(name, run);
