import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PageState } from '../browser/page';
import type { Report } from '../browser/report';
import { launchBrowser } from '../../../tools/lib/browser.mjs';

interface Site {
  readonly url: string;
  close(): Promise<void>;
}
interface Server {
  serve(port?: number, plugins?: readonly string[]): Promise<Site>;
  ownPlugins(): string[];
}

const FAULTY = fileURLToPath(new URL('./browser/faulty-plugin.ts', import.meta.url));

let browser: Awaited<ReturnType<typeof launchBrowser>>;
let site: Site;
let page: Page;
let complaints: string[];
beforeAll(async () => {
  const { serve, ownPlugins } = (await import(new URL('../browser/serve.mjs', import.meta.url).href)) as Server;
  [browser, site] = await Promise.all([launchBrowser(), serve(0, [...ownPlugins(), FAULTY])]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(async () => {
  page = await browser.context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
});
afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

const state = () => page.evaluate<Partial<PageState>>('globalThis.paperzoo ?? {}');

/** Asked from outside: the page's policy forbids playwright's own way of waiting too. */
async function until(there: (state: Partial<PageState>) => boolean, seconds = 60): Promise<void> {
  for (const begun = Date.now(); !there(await state()); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (Date.now() - begun > 1000 * seconds) throw new Error(`The page is at ${JSON.stringify(await state())}.`);
}
const isOver = ({ report, error }: Partial<PageState>) => report !== undefined || error !== undefined;

/** Opens the page with a query and waits for its report. */
async function check(query: string, seconds?: number): Promise<Report> {
  await page.goto(site.url + query);
  await until(isOver, seconds);
  const { report, error } = await state();
  expect(error).toBeUndefined();
  return report!;
}

const failures = ({ outcomes }: Report) => outcomes.filter(({ state }) => state === 'failed');

describe('the page', () => {
  test('shows a failure with what was expected, and says so in its verdict and its report', async () => {
    const report = await check('?only=faulty,neg&devices=cpu,wasm&sizes=0');
    const [failure, ...others] = failures(report);
    expect(others).toEqual([]);
    expect(failure).toMatchObject({ device: 'cpu', subject: 'faulty.twice', check: 'pair', expected: '6', got: '7' });
    expect(report.passed).toBe(false);
    expect(await page.locator('#failures li').innerText()).toMatch(
      /cpu · faulty\.twice · pair.*expected\s+6\s+got\s+7/s,
    );
    const verdict = await page.locator('#verdict').textContent();
    expect(verdict).toBe(report.verdict);
    expect(verdict).toMatch(
      /^paperzoo \d\S*: 1 of \d+ checks failed on cpu, wasm; 1?\d left out\. Chrome \d+ on \w+\.$/,
    );
    const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'faulty.twice' }) });
    expect(await row.getByRole('cell').allTextContents()).toEqual(['✗ 1 of 4 1 left out', '✓ 4 1 left out', '✓ 1']);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save report' }).click()]); // prettier-ignore
    expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual(report);
  });

  test('filters, folds and lists what is left out, from the keyboard', async () => {
    await check('?only=faulty,neg,exp&devices=cpu&sizes=0');
    const rows = () => page.locator('tbody tr:visible th').allTextContents();
    const all = ['core', 'exp', 'neg', 'as a whole', 'faulty', 'faulty', 'faulty.twice', 'as a whole'];
    expect(await rows()).toEqual(all);
    await page.getByLabel('Name').fill('neg');
    expect(await rows()).toEqual(['core', 'neg']);
    await page.getByLabel('Name').fill('');
    await page.getByLabel('Show').selectOption('failed');
    expect(await rows()).toEqual(['faulty', 'faulty.twice']);
    await page.getByLabel('Show').selectOption('all');
    await page.getByRole('button', { name: 'core' }).press('Enter');
    expect(await rows()).toEqual(['core', ...all.slice(4)]);
    await page.locator('#left-count').press('Enter');
    expect(await page.locator('#left-out').innerText()).toMatch(
      /Because no generated sizes were asked for:\s+cpu · exp · generated sizes/,
    );
  });

  test('stops when it is told to, and says how far it came', async () => {
    await page.goto(`${site.url}?devices=cpu`);
    await until(({ done = 0 }) => done > 3);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await until(isOver);
    const { report } = await state();
    expect(report).toMatchObject({ cancelled: true, passed: false });
    expect(report!.outcomes.length).toBeLessThan(report!.planned);
    expect(report!.verdict).toMatch(/: \d+ checks? passed, cancelled before the other [\d,]+ on cpu/);
  }, 60_000);

  test('asks for the same again by its address, and refuses a device that does not exist', async () => {
    await page.goto(`${site.url}?only=neg&devices=cpu&sizes=2`);
    await page.locator('summary').first().click();
    expect(await page.getByLabel('Ops, models').inputValue()).toBe('neg');
    expect(await page.getByLabel('Generated sizes').inputValue()).toBe('2');
    await page.getByLabel('wasm', { exact: true }).check();
    await page.getByRole('button', { name: 'Check these' }).click();
    await until(isOver);
    expect((await state()).report!.asked).toEqual({ only: ['neg'], devices: ['cpu', 'wasm'], sizes: 2 });
    await page.goto(`${site.url}?devices=abacus`);
    await until(isOver);
    expect(await page.locator('#verdict').textContent()).toMatch(/there is no device abacus; there are cpu, wasm/);
  });

  test('fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    await check('?only=faulty,neg&devices=cpu,wasm&sizes=0');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await page.locator('tbody tr').nth(1).locator('td').first().evaluate((cell) => getComputedStyle(cell, '::before').content)).toContain('cpu'); // prettier-ignore
  });

  test('runs under a policy that allows no code from strings', async () => {
    const response = await page.goto(`${site.url}?only=neg&sizes=0`);
    const policy = response!.headers()['content-security-policy']!;
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy.replaceAll("'wasm-unsafe-eval'", '')).not.toMatch(/unsafe/);
    await until(isOver);
    expect((await state()).report).toMatchObject({ passed: true });
  }, 60_000);

  test('in a browser without WebGPU, on a page that is not isolated, says why those columns are empty', async () => {
    await page.addInitScript("Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined })");
    await page.route('**/*', withoutIsolation);
    const report = await check('?only=neg&sizes=0');
    const reasons = Object.fromEntries(report.devices.map(({ name, reason }) => [name, reason]));
    expect(reasons).toEqual({
      ...{ cpu: undefined, wasm: undefined, 'gpujs webgl2': undefined },
      'wasm ×2': expect.stringContaining('not cross-origin isolated'),
      webgpu: expect.stringMatching(/webgpu: .*WebGPU/),
      'gpujs webgpu': expect.stringContaining('no WebGPU adapter was found here'),
    });
    expect(report).toMatchObject({ passed: true, isolated: false });
    expect(report.verdict).toContain('without wasm ×2, webgpu, gpujs webgpu');
    expect(await page.getByRole('columnheader', { name: 'webgpu not here' }).count()).toBe(2);
    expect(await page.locator('#devices .absent').allInnerTexts()).toEqual([
      expect.stringContaining('not cross-origin isolated'),
      expect.stringContaining('WebGPU'),
      expect.stringContaining('WebGPU'),
    ]);
  }, 60_000);
});

async function withoutIsolation(route: Route): Promise<void> {
  const response = await route.fetch();
  const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin-'));
  await route.fulfill({ response, headers: Object.fromEntries(headers) });
}
