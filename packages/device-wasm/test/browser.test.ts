import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser } from '../../../tools/lib/browser.mjs';
import { startSite } from './browser/site';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
let site: Awaited<ReturnType<typeof startSite>>;
beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), startSite()]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function runOn(path: string, options: object): Promise<{ threads: number; reason?: string; sum: number }> {
  const page = await browser.context.newPage();
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
