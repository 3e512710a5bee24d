import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ISOLATED, launchBrowser, serveProgram } from '../../../tools/lib/browser.mjs';
import type { PageResult } from './browser/page';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
let server: Awaited<ReturnType<typeof serveProgram>>;
beforeAll(async () => {
  [browser, server] = await Promise.all([
    launchBrowser(),
    serveProgram(new URL('./browser/page.ts', import.meta.url), { pages: { '/': {}, '/isolated': ISOLATED } }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Opens a page, runs the kit in it and closes it again. */
async function kitIn(path: string, device: 'cpu' | 'wasm', threads: number): Promise<PageResult> {
  const page = await browser.context.newPage();
  try {
    await page.goto(server.url + path);
    await page.waitForFunction('typeof runKit === "function"');
    return await page.evaluate<PageResult>(`runKit(${JSON.stringify(device)}, ${threads})`);
  } finally {
    await page.close();
  }
}

describe('in Chromium, the core’s ops keep their contract', () => {
  test('on wasm with two threads, in a cross-origin isolated page', async () => {
    const result = await kitIn('/isolated', 'wasm', 2);
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ isolated: true, threads: 2, threadsReason: undefined });
    expect(result.passed).toBeGreaterThan(500);
  }, 240_000);

  test('on wasm with one thread, in a page that is not isolated and says why', async () => {
    const result = await kitIn('/', 'wasm', 2);
    expect(result.failures).toEqual([]);
    expect(result).toMatchObject({ isolated: false, threads: 1 });
    expect(result.threadsReason).toContain('not cross-origin isolated');
    expect(result.passed).toBeGreaterThan(500);
  }, 240_000);

  test('on cpu', async () => {
    const result = await kitIn('/', 'cpu', 1);
    expect(result.failures).toEqual([]);
    expect(result.passed).toBeGreaterThan(500);
  }, 240_000);
});
