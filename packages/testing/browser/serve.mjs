// Serves the page that checks a browser, bundled from the sources, to this machine alone.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const HEADERS = {
  // Both together make the page cross-origin isolated, which shared memory and threads need.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  // Nothing here may run code from strings, and neither wasm nor WebGPU needs it. Threads start from a Blob.
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' data:",
};

/**
 * Bundles and serves; port 0 takes a free one.
 *
 * @param {number} port
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serve(port = 0) {
  const { outputFiles } = await build({
    entryPoints: [here('./page.ts')],
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'silent' },
    conditions: ['@paperzoo/source'],
  });
  const files = {
    '/': ['text/html; charset=utf-8', readFileSync(here('./index.html'))],
    '/page.css': ['text/css', readFileSync(here('./page.css'))],
    '/page.js': ['text/javascript', outputFiles[0].contents],
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [type, body] = files[pathname] ?? [];
    if (body) response.writeHead(200, { ...HEADERS, 'content-type': type }).end(body);
    else response.writeHead(404, HEADERS).end();
  });
  await new Promise((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined)),
  );
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${taken}/`,
    close: () => new Promise((resolve) => server.close(() => resolve(undefined))),
  };
}
