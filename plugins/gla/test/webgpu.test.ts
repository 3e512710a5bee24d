import { expect, test } from '@jest/globals';
import { openPage } from '../../../tools/lib/browser.mjs';
import type { Report } from './browser/kit';

test('in Chromium, on WebGPU, every op keeps its contract', async () => {
  const { page, close } = await openPage(new URL('./browser/kit.ts', import.meta.url));
  try {
    page.setDefaultTimeout(400_000);
    const { passed, failures } = await page.evaluate<Report>('runKit()');
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(70);
  } finally {
    await close();
  }
}, 400_000);
