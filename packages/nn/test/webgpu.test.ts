import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { openPage } from '../../../tools/lib/browser.mjs';
import type { CaseReport } from './browser/page';
import { nnCases } from './cases/index';
import { fixturePath } from './read-upstream';

const TIMEOUT_MS = 120_000;
const FIXTURES = ['train.json', 'train.safetensors'];

let opened: Awaited<ReturnType<typeof openPage>>;
beforeAll(async () => {
  opened = await openPage(new URL('./browser/page.ts', import.meta.url), {
    files: (path) => {
      const name = path.slice(1);
      if (!FIXTURES.includes(name)) return undefined;
      return { type: 'application/octet-stream', body: readFileSync(fixturePath(name)) };
    },
  });
  opened.page.setDefaultTimeout(TIMEOUT_MS);
}, TIMEOUT_MS);
afterAll(() => opened?.close());

test.each(Object.keys(nnCases))(
  'in Chromium, on WebGPU: %s',
  async (name) => {
    const report = await opened.page.evaluate<CaseReport>(`runCase(${JSON.stringify(name)})`);
    expect(report).toEqual({ device: 'webgpu', wrong: [], left: 0 });
  },
  TIMEOUT_MS,
);
