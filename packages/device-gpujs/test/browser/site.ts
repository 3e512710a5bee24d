import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Pages that differ in whether they allow code made at run time. */
const HEADERS: Readonly<Record<string, Record<string, string>>> = {
  '/': {},
  '/strict': { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" },
};

/** Serves the program as a product would ship it: bundled and minified, names and syntax. */
export async function startSite(): Promise<{ url: string; script: string; close(): Promise<void> }> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./program.ts', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@paperzoo/source'],
    logLevel: 'silent',
  });
  const script = outputFiles[0]!.text;
  const server = createServer(({ url = '' }, response) => {
    const headers = HEADERS[url];
    if (headers) {
      response.writeHead(200, { ...headers, 'content-type': 'text/html' });
      response.end('<!doctype html><title>gpujs</title><script type="module" src="/program.js"></script>');
    } else if (url === '/program.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    script,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
