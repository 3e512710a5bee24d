import { defineConfig } from 'tsup';
import base from '../../tsup.base';

export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/bin.ts'],
  dts: { entry: 'src/index.ts' },
  platform: 'node',
  // Part of the repository alone: found at run time where it exists, never bundled.
  external: ['@paperzoo/benchmarks'],
});
