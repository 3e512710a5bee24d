import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixturePaths } from '../harness/node';

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const HTML =
  '<!doctype html><meta charset="utf-8"><title>EfficientViT</title><script type="module" src="/page.js"></script>';

/** The page's scripts, bundled from the sources as an application would. */
async function bundle(): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))],
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'esm',
    splitting: true,
    platform: 'browser',
    target: 'es2022',
    conditions: ['@paperzoo/source'],
    logLevel: 'silent',
  });
  return new Map(outputFiles.map((file) => [`/${basename(file.path)}`, file.contents]));
}

/** Serves the page at `/isolated` and at `/plain`, its scripts and the fixtures, on a free port of this machine. */
export async function serve(): Promise<{ origin: string; close(): Promise<void> }> {
  const scripts = await bundle();
  const paths = fixturePaths();
  const server: Server = createServer((request, response) => {
    const url = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const send = (type: string, body: Uint8Array | string, headers = {}) =>
      response.writeHead(200, { 'Content-Type': type, ...headers }).end(body);
    const script = scripts.get(url);
    const file = url.startsWith('/fixtures/') ? paths.get(url.slice('/fixtures/'.length)) : undefined;
    if (url === '/isolated') send('text/html', HTML, ISOLATION);
    else if (url === '/plain') send('text/html', HTML);
    else if (url === '/fixtures.json') send('application/json', JSON.stringify([...paths.keys()]));
    else if (script) send('text/javascript', script);
    else if (file) send('application/octet-stream', readFileSync(file));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
