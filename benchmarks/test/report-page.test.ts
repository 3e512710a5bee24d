import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../tools/lib/browser.mjs';
import { renderReport } from '../src/report/render';
import { result } from './sample-result';

describe('the report in a browser', () => {
  let folder: string;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let page: Page;
  const requests: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paperzoo-page-'));
    writeFileSync(join(folder, 'report.html'), await renderReport(result));
    browser = await launchBrowser();
    page = await browser.context.newPage();
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const open = () => page.evaluate(() => document.querySelectorAll('details').forEach((d) => (d.open = true)));

  test('asks for nothing besides itself', () => {
    expect(requests.map((url) => url.split('/').at(-1))).toEqual(['report.html']);
  });

  test.each([320, 360, 768, 1280])('fits a screen of %d pixels, with everything opened', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await open();
    expect(await overflow()).toBeLessThanOrEqual(0);
    const shown = await page.evaluate(
      () => [...document.querySelectorAll('figure svg')].filter((svg) => svg.getBoundingClientRect().width > 0).length,
    );
    expect(shown).toBe(3);
  });

  test('follows the system into the dark, charts included', async () => {
    const colours = async (colorScheme: 'light' | 'dark') => {
      await page.emulateMedia({ colorScheme });
      return page.evaluate(() => {
        const bar = document.querySelector('figure svg [fill="var(--series-0)"]')!;
        return { paper: getComputedStyle(document.body).backgroundColor, bar: getComputedStyle(bar).fill };
      });
    };
    const [light, dark] = [await colours('light'), await colours('dark')];
    expect(light.paper).not.toBe(dark.paper);
    expect(light.bar).not.toBe(dark.bar);
    expect(light.bar).toMatch(/^rgb/);
  });

  test('every heading of a column leads to its definition', async () => {
    const targets = await page.evaluate(() =>
      [...document.querySelectorAll('th a')].map((a) => document.querySelector(a.getAttribute('href')!) !== null),
    );
    expect(targets.length).toBeGreaterThan(5);
    expect(targets).not.toContain(false);
  });
});
