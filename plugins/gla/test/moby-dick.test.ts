import { expect, test } from '@jest/globals';
import { ModelError } from '@paperzoo/core';
import type { GLALanguageModel } from '../src/index';
import { zooOn } from './harness/zoo';

/** From the end of the novel, the part that training left out. */
const HELD =
  'Now small fowls flew screaming over the yet yawning gulf; a sullen white surf beat against its steep sides; then all collapsed, and the great shroud of the sea rolled on as it rolled five thousand years ago.';

test('the packaged weights know the novel’s language, and go on with a prompt the same way every time', async () => {
  await using zoo = await zooOn('wasm');
  const bits = async (model: GLALanguageModel) => {
    const bytes = Int32Array.from(new TextEncoder().encode(HELD));
    const ids = zoo.tensor(bytes, { shape: [1, bytes.length] });
    return (await model.module.loss(ids, ids).item()) / Math.LN2;
  };
  using fresh = await zoo.load<GLALanguageModel>('gla_tiny', { weights: false });
  using model = await zoo.load<GLALanguageModel>('gla_tiny.moby_dick');
  expect(await bits(fresh)).toBeGreaterThan(7);
  expect(await bits(model)).toBeLessThan(2.6);
  const write = async () => {
    let text = '';
    for await (const token of model.generate('Call me', { maxNewTokens: 40, temperature: 0.7, seed: 3 }))
      text += token.text;
    return text;
  };
  const text = await write();
  expect(text).toMatch(/^[\w\s.,;:!?'"’“”()-]{40}$/);
  expect(await write()).toBe(text);
});

test('other weights may be given, and what does not fit is refused', async () => {
  await using zoo = await zooOn('wasm');
  using fresh = await zoo.load<GLALanguageModel>('gla_tiny.moby_dick', { weights: false });
  expect(fresh.config['vocabSize']).toBe(256);
  await expect(zoo.load('gla_tiny.moby_dick', { weights: new Uint8Array(3) })).rejects.toThrow(
    /3 bytes|truncated|short/,
  );
  await expect(zoo.load('gla_tiny.moby_dicks')).rejects.toThrow(ModelError);
});
