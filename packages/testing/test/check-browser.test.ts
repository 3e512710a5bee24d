import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { launchBrowser } from '../../../tools/lib/browser.mjs';

interface Site {
  readonly url: string;
  close(): Promise<void>;
}

let browser: Awaited<ReturnType<typeof launchBrowser>>;
let site: Site;
beforeAll(async () => {
  const { serve } = (await import(new URL('../browser/serve.mjs', import.meta.url).href)) as { serve(): Promise<Site> };
  [browser, site] = await Promise.all([launchBrowser(), serve()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

test('the page runs the suite on every device, shows a table, and saves a report', async () => {
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${site.url}?only=matmul,softmax,where`);
  await page.waitForSelector('#save:not([disabled])', { timeout: 120_000 });
  expect(complaints).toEqual([]);
  expect(await page.locator('#failures li').allTextContents()).toEqual([]);
  expect(await page.locator('#progress').textContent()).toMatch(/^all \d+ checks passed in \d+ s$/);
  expect(await page.locator('thead th').allTextContents()).toEqual([
    ...['op', 'cpu', 'wasm', 'wasm ×2', 'webgpu'],
    ...['gpujs webgpu', 'gpujs webgl2'],
  ]);
  const rows = await page.locator('tbody tr').allTextContents();
  expect(rows).toHaveLength(4);
  for (const row of rows) expect(row).toMatch(/^\w+(✓ \d+){6}$/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  const report = JSON.parse(readFileSync(await download.path(), 'utf8')) as {
    isolated: boolean;
    devices: Record<string, { open: boolean; facts: string }>;
    outcomes: { state: string }[];
  };
  expect(report.isolated).toBe(true);
  expect(report.devices['webgpu']).toMatchObject({ open: true, facts: expect.stringMatching(/swiftshader/i) });
  expect(report.outcomes.every(({ state }) => state === 'passed')).toBe(true);
}, 180_000);
