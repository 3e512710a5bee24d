// Chromium for tests: a browser with a profile of its own, and a site on this machine that serves a program bundled from the sources.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { findChromium, INSTALL_CHROMIUM } from './chromium.mjs';

/** Both together make a page cross-origin isolated, which shared memory and threads need. */
export const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
/** A policy that allows no code from strings. */
export const STRICT = { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" };

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  // Headless Chromium offers WebGPU, on its software adapter, only when told so.
  ...['--disable-component-update', '--disable-sync', '--enable-unsafe-webgpu'],
];

/** Starts Chromium, with further options of playwright's where some are given. Throws, saying how to get one, when there is none: a browser test never passes without. */
export async function launchBrowser(options = {}) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(INSTALL_CHROMIUM);
  const profile = mkdtempSync(join(tmpdir(), 'paperzoo-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...{ executablePath, headless: true, args: FLAGS },
    ...options,
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Serves an answer for each request; `find` gets the path, undefined becomes a 404. */
export async function serveFiles(find) {
  const server = createServer((request, response) => {
    const found = find(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    if (found) response.writeHead(200, { 'content-type': found.type, ...found.headers }).end(found.body);
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve(undefined)));
    },
  };
}

/** Bundles `program` as an application would and serves it, with an empty page per entry of `pages` (path → response headers). */
export async function serveProgram(
  program,
  { pages = { '/': {} }, minify = false, files = (_path) => undefined } = {},
) {
  const entry = program instanceof URL ? fileURLToPath(program) : program;
  const { outputFiles } = await build({
    entryPoints: { program: entry },
    ...{ bundle: true, minify, write: false, outdir: 'out', format: 'esm', splitting: true, platform: 'browser' },
    ...{ target: 'es2022', conditions: ['@paperzoo/source'], logLevel: 'silent' },
  });
  const scripts = new Map(outputFiles.map((file) => [`/${basename(file.path)}`, file.text]));
  // Workers of an isolated page need the headers on their own script too.
  const shared = Object.values(pages).some((headers) => 'cross-origin-embedder-policy' in headers) ? ISOLATED : {};
  const site = await serveFiles((path) => {
    const body = scripts.get(path);
    if (body !== undefined) return { type: 'text/javascript', body, headers: shared };
    const headers = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!headers) return files(path);
    const html =
      '<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="/program.js"></script>';
    return { type: 'text/html', body: html, headers };
  });
  return { ...site, script: scripts.get('/program.js') };
}

/** A page under the strict policy that has run `program`, which says so by setting `globalThis.ready` to true. */
export async function openPage(program, { pages = { '/': STRICT }, ...options } = {}) {
  const [browser, site] = await Promise.all([launchBrowser(), serveProgram(program, { pages, ...options })]);
  const close = async () => {
    await browser.close();
    await site.close();
  };
  try {
    const page = await browser.context.newPage();
    const failed = new Promise((_resolve, reject) => page.once('pageerror', reject));
    failed.catch(() => undefined);
    await page.goto(site.url + Object.keys(pages)[0]);
    await Promise.race([page.waitForFunction('globalThis.ready === true'), failed]);
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
