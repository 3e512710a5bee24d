import { expect, test } from '@jest/globals';
import { ModelError, type Model } from '@paperzoo/core';
import type { ImageModel } from '@paperzoo/efficientvit';
import { asClassifier, requireClassifier, type ImageClassifier } from '../src/commands/image-model';

/** The compiler's part: what the command asks of a classifier is what the plugin's models are. */
const accepted = (model: ImageModel): ImageClassifier => model;

test('models that classify are taken as they are', () => {
  const model = { name: 'toy', forward: () => undefined, classify: () => undefined } as unknown as ImageModel;
  expect(asClassifier(model)).toBe(accepted(model));
});

test('models that do not are refused', () => {
  expect(() => asClassifier({ name: 'toy' } as Model)).toThrow(ModelError);
  const card = { name: 'toy', task: 'toys', config: {}, load: () => Promise.reject(new Error('never')) };
  expect(() => requireClassifier(card)).toThrow('toy (toys) cannot be run');
});
