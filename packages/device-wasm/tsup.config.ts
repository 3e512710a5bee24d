import { writeFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';
import base from '../../tsup.base';
import { workerSource } from './src/pool/worker-source';

export default defineConfig({
  ...base,
  // The worker as a file of its own, for pages whose content policy forbids Blob workers.
  onSuccess: () => writeFile(new URL('dist/worker.js', import.meta.url), workerSource),
});
