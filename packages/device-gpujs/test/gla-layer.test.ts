import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser, serveProgram } from '../../../tools/lib/browser.mjs';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
let site: Awaited<ReturnType<typeof serveProgram>>;
beforeAll(async () => {
  [browser, site] = await Promise.all([
    launchBrowser(),
    serveProgram(new URL('./browser/gla-layer.ts', import.meta.url), { minify: true }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

interface Result {
  readonly errors: Readonly<Record<'first' | 'second' | 'state', number>>;
  readonly left: unknown;
}

// Every launch of a new size compiles.
const LONG = 240_000;

test.each(['webgpu', 'webgl2'] as const)(
  'compiled to %s, in Chromium: a GLA layer and the state between its calls',
  async (mode) => {
    const page = await browser.context.newPage();
    page.setDefaultTimeout(LONG);
    await page.goto(site.url);
    await page.waitForFunction('globalThis.ready === true');
    const { errors, left } = await page.evaluate<Result>(`runGlaLayer('${mode}')`);
    await page.close();
    for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-5);
    expect(left).toEqual({ tensors: 0, bytes: 0 });
  },
  LONG,
);
