import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium, INSTALL_CHROMIUM } from './chromium.mjs';

/**
 * Runs one module script in a cross-origin isolated page of Chromium to its end; rejects with the page's own error.
 *
 * @param {string} script ES module text that needs no other module
 * @param {Record<string, string>} files what the page may fetch: address (a path of the page's, or an absolute URL) → local file
 */
export async function runInPage(script, files) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(INSTALL_CHROMIUM);
  const server = createServer((request, response) => answer(response, request.url ?? '/', script, files));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const profile = mkdtempSync(join(tmpdir(), 'paperzoo-chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    const page = await browser.newPage();
    const failed = new Promise((_resolve, reject) => page.on('pageerror', reject));
    for (const [url, file] of Object.entries(files).filter(([url]) => url.startsWith('https:'))) {
      const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
      await page.route(url, (route) => route.fulfill({ path: file, headers }));
    }
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await page.goto(`http://127.0.0.1:${port}/`);
    await Promise.race([page.waitForFunction('globalThis.programEnded === true'), failed]);
  } finally {
    await browser.close();
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function answer(response, path, script, files) {
  // Both headers together make the page cross-origin isolated, which shared memory and threads need.
  const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
  const send = (type, body) => response.writeHead(200, { ...headers, 'content-type': type }).end(body);
  if (path === '/')
    send('text/html', '<!doctype html><title>page</title><script type="module" src="/page.js"></script>');
  else if (path === '/page.js') send('text/javascript', `${script}\nglobalThis.programEnded = true;`);
  else if (files[path]) send('application/octet-stream', readFileSync(files[path]));
  else response.writeHead(404, headers).end();
}
