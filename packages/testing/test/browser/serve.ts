import { build } from 'esbuild';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** Serves the bundled page at `/` plain and at `/isolated` with the two headers that threads need. */
export async function serve(): Promise<{ url: string; close(): Promise<void> }> {
  const entry = fileURLToPath(new URL('./page.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@paperzoo/source'],
    logLevel: 'silent',
  });
  const script = outputFiles[0]!.text;
  const server: Server = createServer((request, response) => {
    if (request.url?.startsWith('/isolated')) {
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
    }
    const page = request.url === '/' || request.url === '/isolated';
    response.setHeader('content-type', page ? 'text/html' : 'text/javascript');
    const base = request.url === '/isolated' ? '/isolated' : '';
    response.end(
      page ? `<!doctype html><title>kit</title><script type="module" src="${base}/page.js"></script>` : script,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
