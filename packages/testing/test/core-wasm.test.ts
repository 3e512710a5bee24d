import { afterAll, test } from '@jest/globals';
import { wasm } from '@paperzoo/device-wasm';
import { conform, ErrorReport } from '../src/index';
import { coreOps } from './core-ops';

const report = new ErrorReport();
const checks = conform(coreOps, {
  devices: { 'wasm ×1': wasm({ debug: true }), 'wasm ×2': wasm({ threads: 2, debug: true }) },
  twins: [['wasm ×1', 'wasm ×2']],
  report,
});

for (const { name, run } of checks) if (!name.startsWith('gradient')) test(name, run);

afterAll(() => {
  // eslint-disable-next-line no-console -- the measured errors beside the tolerances are what this file is read for
  if (process.env.PAPERZOO_REPORT) console.log(String(report));
});
