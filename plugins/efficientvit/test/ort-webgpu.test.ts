import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPage } from '../../../tools/lib/browser.mjs';
import { ortFile } from '../../../tools/lib/ort-files.mjs';

const TIMEOUT_MS = 180_000;

let opened: Awaited<ReturnType<typeof openPage>>;
beforeAll(async () => {
  opened = await openPage(new URL('./browser/ort.ts', import.meta.url), { pages: { '/': {} }, files: ortFile });
}, TIMEOUT_MS);
afterAll(() => opened?.close());

test(
  'M0 classifies on onnxruntime’s WebGPU in Chromium as it does here',
  async () => expect(await opened.page.evaluate<number>('classify(64)')).toBeLessThan(1e-4),
  TIMEOUT_MS,
);
