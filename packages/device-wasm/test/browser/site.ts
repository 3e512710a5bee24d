import { ISOLATED, serveProgram } from '../../../../tools/lib/browser.mjs';
import { workerSource } from '../../src/pool/worker-source';

/** Serves the program on pages that differ in what they allow, and the worker as a file. */
export function startSite() {
  const policy = { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'" };
  return serveProgram(new URL('./program.ts', import.meta.url), {
    pages: { '/plain': {}, '/isolated': ISOLATED, '/strict': { ...ISOLATED, ...policy } },
    files: (path) =>
      path === '/worker.js' ? { type: 'text/javascript', body: workerSource, headers: ISOLATED } : undefined,
  });
}
