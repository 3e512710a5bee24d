import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { startSite } from './browser/site';

interface Finder {
  findChromium(): string | undefined;
  readonly INSTALL_CHROMIUM: string;
}

let browser: BrowserContext;
let site: Awaited<ReturnType<typeof startSite>>;
const profile = mkdtempSync(join(tmpdir(), 'paperzoo-chromium-'));

beforeAll(async () => {
  const tool = new URL('../../../tools/lib/chromium.mjs', import.meta.url).href;
  const { findChromium, INSTALL_CHROMIUM } = (await import(tool)) as Finder;
  const executablePath = findChromium();
  if (!executablePath) throw new Error(INSTALL_CHROMIUM);
  const args = ['--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args });
  site = await startSite();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(profile, { recursive: true, force: true });
});

async function runOn(path: string, options: object): Promise<{ threads: number; reason?: string; sum: number }> {
  const page = await browser.newPage();
  try {
    await page.goto(site.url + path);
    await page.waitForFunction('typeof run === "function"');
    return await page.evaluate(`run(${JSON.stringify(options)})`);
  } finally {
    await page.close();
  }
}

const SUM = 50 * 2 + (49 * 50) / 2;

test('an isolated page runs two threads', async () => {
  expect(await runOn('/isolated', { threads: 2 })).toEqual({ threads: 2, sum: SUM });
});

test('a page that is not isolated runs one thread and says which headers are missing', async () => {
  const result = await runOn('/plain', { threads: 2 });
  expect(result).toMatchObject({ threads: 1, sum: SUM });
  expect(result.reason).toMatch(/not cross-origin isolated.*Cross-Origin-Opener-Policy/);
});

test('one thread asked for needs no excuse', async () => {
  expect(await runOn('/plain', {})).toEqual({ threads: 1, sum: SUM });
});

test('a page whose policy forbids Blob workers runs one thread and says how to have more', async () => {
  const result = await runOn('/strict', { threads: 2 });
  expect(result).toMatchObject({ threads: 1, sum: SUM });
  expect(result.reason).toMatch(/workers cannot start.*workerUrl/);
});

test('and with the worker served as a file it runs two', async () => {
  expect(await runOn('/strict', { threads: 2, workerUrl: '/worker.js' })).toEqual({ threads: 2, sum: SUM });
});

test('a workerUrl that leads nowhere is one thread with a reason', async () => {
  const result = await runOn('/isolated', { threads: 2, workerUrl: '/nothing.js' });
  expect(result).toMatchObject({ threads: 1, sum: SUM });
  expect(result.reason).toMatch(/workers cannot start/);
});
