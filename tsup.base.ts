import { defineConfig } from 'tsup';

/** What every package builds: ESM only, so that no process holds two copies of the core unnoticed. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm'],
  dts: true,
  sourcemap: true,
  clean: true,
  target: 'es2022',
  splitting: true,
  platform: 'neutral',
});
