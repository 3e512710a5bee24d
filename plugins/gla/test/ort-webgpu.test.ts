import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPage } from '../../../tools/lib/browser.mjs';
import { ortFile } from '../../../tools/lib/ort-files.mjs';
import type { OrtReport } from './browser/ort';

const TIMEOUT_MS = 180_000;

let opened: Awaited<ReturnType<typeof openPage>>;
beforeAll(async () => {
  opened = await openPage(new URL('./browser/ort.ts', import.meta.url), { pages: { '/': {} }, files: ortFile });
}, TIMEOUT_MS);
afterAll(() => opened?.close());

// One layer of each kind: the software adapter takes seconds for every kernel that it meets for the first time.
const config = {
  ...{ numHiddenLayers: 2, hiddenSize: 32, vocabSize: 40, intermediateSize: 48, numHeads: 2 },
  attn: [{ layers: [1], numHeads: 2 }],
};

test(
  'a hybrid decodes on onnxruntime’s WebGPU in Chromium, its state on the card',
  async () => {
    const { off, places, readsPerStep } = await opened.page.evaluate<OrtReport>(`decode(${JSON.stringify(config)})`);
    for (const each of off) expect(each).toBeLessThan(1e-4);
    // The tokens seen, the recurrent state, keys and values.
    expect(places).toEqual(Array(4).fill('gpu-buffer'));
    // The logits, and nothing of the state.
    expect(readsPerStep).toBe(1);
  },
  TIMEOUT_MS,
);
