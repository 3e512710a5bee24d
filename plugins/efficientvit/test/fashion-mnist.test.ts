import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ModelError } from '@paperzoo/core';
import { weights } from '@paperzoo/weights-efficientvit-fashion-mnist';
import type { EfficientViTModel, EfficientViTOptions } from '../src/index';
import { zooOn } from './harness/run';

const SAMPLE = new URL('./samples/ankle-boot.png', weights);

test('the packaged weights name a boot that they were not trained on, by path and from bytes', async () => {
  await using zoo = await zooOn('wasm');
  using model = await zoo.load<EfficientViTModel>('efficientvit_m0.fashion_mnist');
  expect(model.config['labels']).toHaveLength(10);
  for (const image of [fileURLToPath(SAMPLE), new Uint8Array(readFileSync(SAMPLE))]) {
    const [best] = await model.classify(image, { topk: 1 });
    expect(best!.label).toBe('Ankle boot');
    expect(best!.score).toBeGreaterThan(0.5);
  }
});

test.each<[EfficientViTOptions, number]>([
  [{ weights: false }, 10],
  [{ weights: false, numClasses: 3 }, 3],
  [{ featuresOnly: true }, 0],
])('options win over the card: %j', async (options, numClasses) => {
  await using zoo = await zooOn('wasm');
  using model = await zoo.load<EfficientViTModel>('efficientvit_m0.fashion_mnist', options);
  expect(model.config).toMatchObject({ imgSize: 64, numClasses });
  expect(model.config['labels'] !== undefined).toBe(numClasses === 10);
});

test('names must be as many as the classes', async () => {
  await using zoo = await zooOn('cpu');
  const load = zoo.load('efficientvit_m0.fashion_mnist', { weights: false, labels: ['boot'] });
  await expect(load).rejects.toThrow(ModelError);
});
