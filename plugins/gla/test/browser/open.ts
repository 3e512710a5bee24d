// Chromium with WebGPU on its software adapter, and a page under a policy that allows no code from strings.
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';

interface Finder {
  findChromium(): string | undefined;
  readonly INSTALL_CHROMIUM: string;
}

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--enable-unsafe-webgpu'],
];
const POLICY = { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" };

/** Opens a page that has run `program` (a file beside this one). Throws, saying how to get a browser, when there is none. */
export async function openPage(program: string): Promise<{ page: Page; close(): Promise<void> }> {
  const tool = new URL('../../../../tools/lib/chromium.mjs', import.meta.url).href;
  const { findChromium, INSTALL_CHROMIUM } = (await import(tool)) as Finder;
  const executablePath = findChromium();
  if (!executablePath) throw new Error(INSTALL_CHROMIUM);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(program, import.meta.url))],
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'silent' },
    conditions: ['@paperzoo/source'],
  });
  const server = createServer(({ url = '' }, response) => {
    const page = url === '/';
    response.writeHead(200, { ...POLICY, 'content-type': page ? 'text/html' : 'text/javascript' });
    response.end(
      page ? '<!doctype html><title>page</title><script type="module" src="/page.js"></script>' : outputFiles[0]!.text,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const profile = mkdtempSync(join(tmpdir(), 'paperzoo-chromium-'));
  const browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: FLAGS });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('globalThis.ready === true');
  return {
    page,
    close: async () => {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
