import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';

interface Finder {
  findChromium(): string | undefined;
  readonly INSTALL_CHROMIUM: string;
}

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  // Headless Chromium offers WebGPU, on its software adapter, only when told so.
  ...['--disable-component-update', '--disable-sync', '--enable-unsafe-webgpu'],
];

/** The page's scripts, bundled from the sources as an application would, and onnxruntime-web's files beside them. */
async function filesOfPage(): Promise<(url: string) => { type: string; body: string | Uint8Array } | undefined> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))],
    ...{ bundle: true, write: false, outdir: 'out', format: 'esm', splitting: true, platform: 'browser' },
    ...{ target: 'es2022', conditions: ['@paperzoo/source'], logLevel: 'silent' },
  });
  const scripts = new Map(outputFiles.map((file) => [`/${basename(file.path)}`, file.contents]));
  const ort = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  return (url) => {
    if (url === '/')
      return { type: 'text/html', body: '<!doctype html><script type="module" src="/page.js"></script>' };
    const script = scripts.get(url);
    if (script) return { type: 'text/javascript', body: script };
    const file = join(ort, basename(url));
    if (!url.startsWith('/ort/') || !existsSync(file)) return undefined;
    return { type: url.endsWith('.wasm') ? 'application/wasm' : 'text/javascript', body: readFileSync(file) };
  };
}

/** A page that has loaded the scripts. Throws, saying how to get a browser, when there is none. */
export async function openPage(): Promise<{ page: Page; close(): Promise<void> }> {
  const tool = new URL('../../../../tools/lib/chromium.mjs', import.meta.url).href;
  const { findChromium, INSTALL_CHROMIUM } = (await import(tool)) as Finder;
  const executablePath = findChromium();
  if (!executablePath) throw new Error(INSTALL_CHROMIUM);
  const find = await filesOfPage();
  const server = createServer((request, response) => {
    const found = find(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (found) response.writeHead(200, { 'content-type': found.type }).end(found.body);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const profile = mkdtempSync(join(tmpdir(), 'paperzoo-chromium-'));
  const browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: FLAGS });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction(() => typeof globalThis.runModel === 'function');
  return {
    page,
    close: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
