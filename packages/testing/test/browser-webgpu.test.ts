import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchBrowser, serveProgram } from '../../../tools/lib/browser.mjs';
import type { PageResult } from './browser/page';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
let server: Awaited<ReturnType<typeof serveProgram>>;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), serveProgram(new URL('./browser/page.ts', import.meta.url))]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

// Composites of many steps at many sizes take the software adapter minutes, and each of their steps is checked by itself.
const LEFT_OUT = ['attention', 'attention_grad'].map((op) => `webgpu · ${op} · generated sizes`);

test('in Chromium, the core’s ops keep their contract on WebGPU', async () => {
  const page = await browser.context.newPage();
  await page.goto(server.url);
  await page.waitForFunction('typeof runKit === "function"');
  const result = await page.evaluate<PageResult>(`runKit('webgpu', 1, ${JSON.stringify(LEFT_OUT)})`);
  expect(result.failures).toEqual([]);
  expect(result.passed).toBeGreaterThan(600);
}, 600_000);
