import { defineConfig } from 'tsup';
import base from '../tsup.base';

export default defineConfig({
  ...base,
  entry: { index: 'src/index.ts', child: 'src/child.ts', adapter: 'src/webgpu/node/child.ts' },
  platform: 'node',
});
