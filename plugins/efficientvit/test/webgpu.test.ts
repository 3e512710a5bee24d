import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ownCases, runnerOf } from './cases/index';
import { launchBrowser } from '../../../tools/lib/browser.mjs';
import { serve } from './browser/server';
import { readFixtures } from './harness/node';

const TIMEOUT_MS = 600_000;
// Whole models take the software adapter half a minute each and more. They passed when they were run; here the smallest stand for them.
const LEFT_OUT = [
  ...['m1_224', 'm2_224', 'm4_224', 'm0_256', 'm1_192', 'stage_down', 'photo_rocket', 'downstream_352x480'],
  ...['mobilenetv3_224', 'mobilevit_xxs_256', 'mobilevit_xxs_224'],
];
const names = readFixtures().names.filter((name) => runnerOf(name) && !LEFT_OUT.includes(name));
// One inference graph with padding stands for the seven; a run of hundreds of steps takes the software adapter half an hour.
const own = Object.keys(ownCases).filter(
  (name) => name !== 'digits_training' && (!/^inference graph/.test(name) || /padded/.test(name)),
);

let site: Awaited<ReturnType<typeof serve>>;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  [site, browser] = await Promise.all([serve(), launchBrowser()]);
}, TIMEOUT_MS);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function open() {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.goto(`${site.url}/plain`);
  await page.waitForFunction(() => typeof globalThis.runCases === 'function');
  return page;
}

test.each([
  ['upstream’s outputs', names],
  ['upstream’s training steps, inference graphs, state', own],
])(
  '%s on WebGPU',
  async (_, list) => {
    const page = await open();
    const report = await page.evaluate((n) => globalThis.runCases('webgpu', n), list);
    await page.close();
    expect(report.info.adapter).toBeDefined();
    expect(report.results).toHaveLength(list.length);
    expect(report.results.filter((result) => result.failures !== null)).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'an inference of M0 takes at most 120 dispatches',
  async () => {
    const page = await open();
    expect(await page.evaluate(() => globalThis.dispatchesOf('efficientvit_m0.r224_in1k'))).toBeLessThanOrEqual(120);
    await page.close();
  },
  TIMEOUT_MS,
);
