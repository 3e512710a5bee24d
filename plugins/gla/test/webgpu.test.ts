import { expect, test } from '@jest/globals';
import type { Report } from './browser/kit';
import { openPage } from './browser/open';

test('in Chromium, on WebGPU, gla and its gradient keep their contract', async () => {
  const { page, close } = await openPage('./kit.ts');
  try {
    page.setDefaultTimeout(400_000);
    const { passed, failures } = await page.evaluate<Report>('runKit()');
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(30);
  } finally {
    await close();
  }
}, 400_000);
