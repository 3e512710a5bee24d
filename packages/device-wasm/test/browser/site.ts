import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { workerSource } from '../../src/pool/worker-source';

const isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
const strict = { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'" };
/** Pages that differ in what they allow. */
const HEADERS: Readonly<Record<string, Record<string, string>>> = {
  '/plain': {},
  '/isolated': isolated,
  '/strict': { ...isolated, ...strict },
};

/** Serves the program on each page, and the worker as a file. */
export async function startSite(): Promise<{ url: string; close(): Promise<void> }> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./program.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@paperzoo/source'],
    logLevel: 'silent',
  });
  const scripts: Record<string, string> = { '/program.js': outputFiles[0]!.text, '/worker.js': workerSource };
  const server = createServer(({ url = '' }, response) => {
    const headers = HEADERS[url];
    const script = scripts[url];
    if (headers) {
      response.writeHead(200, { ...headers, 'content-type': 'text/html' });
      response.end('<!doctype html><title>page</title><script type="module" src="/program.js"></script>');
    } else if (script) response.writeHead(200, { ...isolated, 'content-type': 'text/javascript' }).end(script);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
