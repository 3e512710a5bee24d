import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runnerOf } from './cases/index';
import { launchBrowser } from '../../../tools/lib/browser.mjs';
import type { PageReport } from './browser/page';
import { serve } from './browser/server';
import { readFixtures } from './harness/node';
import type { DeviceName } from './harness/run';

const TIMEOUT_MS = 600_000;
const names = readFixtures().names.filter((name) => runnerOf(name));

let site: Awaited<ReturnType<typeof serve>>;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  [site, browser] = await Promise.all([serve(), launchBrowser()]);
}, TIMEOUT_MS);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Runs every case in a fresh page; what the page's console says about errors fails the test. */
async function run(path: '/isolated' | '/plain', device: DeviceName): Promise<PageReport> {
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  try {
    await page.goto(site.url + path);
    await page.waitForFunction(() => typeof globalThis.runCases === 'function');
    page.setDefaultTimeout(TIMEOUT_MS);
    const report = await page.evaluate(([d, n]) => globalThis.runCases(d, n), [device, names] as const);
    expect(complaints).toEqual([]);
    return report;
  } finally {
    await page.close();
  }
}

const failed = ({ results }: PageReport) => results.filter((result) => result.failures !== null);

describe('in a page with cross-origin isolation', () => {
  test.each<[DeviceName, number]>([
    ['cpu', 1],
    ['wasm', 1],
    ['wasm 2 threads', 2],
  ])(
    'upstream’s outputs on %s',
    async (device, threads) => {
      const report = await run('/isolated', device);
      expect(report).toMatchObject({ isolated: true, threads });
      expect(report.results).toHaveLength(names.length);
      expect(failed(report)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('in a page without cross-origin isolation', () => {
  test(
    'upstream’s outputs on wasm; two threads become one, and the device says why',
    async () => {
      const report = await run('/plain', 'wasm 2 threads');
      expect(report).toMatchObject({ isolated: false, threads: 1 });
      expect(report.info.threadsReason).toMatch(/cross-origin/i);
      expect(report.results).toHaveLength(names.length);
      expect(failed(report)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
