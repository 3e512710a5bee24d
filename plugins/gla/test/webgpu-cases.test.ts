import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../../tools/lib/browser.mjs';
import { fixtureAt } from './browser/fixtures-site';
import { suites, type SuiteName } from './cases/index';

const TIMEOUT_MS = 300_000;

let opened: Awaited<ReturnType<typeof openPage>>;
beforeAll(async () => {
  opened = await openPage(new URL('./browser/cases.ts', import.meta.url), { files: fixtureAt });
  opened.page.setDefaultTimeout(TIMEOUT_MS);
  expect(await opened.page.evaluate<string>('open()')).toMatch(/swiftshader/i);
}, TIMEOUT_MS);
afterAll(() => opened?.close());

describe.each(Object.keys(suites) as SuiteName[])('in Chromium, on WebGPU: %s', (suite) => {
  test.each(suites[suite]().map(({ name }) => name))(
    '%s',
    async (name) => {
      expect(await opened.page.evaluate(`runCase(${JSON.stringify(suite)}, ${JSON.stringify(name)})`)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
