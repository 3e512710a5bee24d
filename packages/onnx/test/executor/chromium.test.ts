import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../browser/site';
import type {} from '../browser/page';

const TIMEOUT_MS = 120_000;

let site: Awaited<ReturnType<typeof openPage>>;
beforeAll(async () => {
  site = await openPage();
}, TIMEOUT_MS);
afterAll(() => site?.close());

describe('in Chromium', () => {
  test.each(['wasm', 'webgpu'] as const)(
    'a model is exported and run on %s, its state held by the runtime',
    async (backend) => {
      const report = await site.page.evaluate((name) => globalThis.runModel(name), backend);
      expect(report.difference).toBeLessThan(1e-6);
      expect(report.state).toEqual(Array.from({ length: 16 }, (_, i) => (5 * i) / 8));
      expect(report.left).toBe(0);
    },
    TIMEOUT_MS,
  );

  test('the native back-end is refused in a page', async () => {
    expect(await site.page.evaluate(() => globalThis.codeOf('node'))).toBe('device');
  });
});
