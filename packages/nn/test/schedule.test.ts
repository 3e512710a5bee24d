import { expect, test } from '@jest/globals';
import { constantRate, cosineRate, linearRate, perEpoch, warmUp } from '../src/index';
import { fixtures } from './read-upstream';

test('the recipe of EfficientViT: 300 epochs, each at the rate of the one before', () => {
  const upstream = fixtures.find('cosine_lr');
  const h = upstream.hparams;
  const cosine = cosineRate({ peak: h['base_lr']!, floor: h['min_lr']!, steps: h['epochs']! });
  const epochs = warmUp(cosine, { steps: h['warmup_epochs']!, from: h['warmup_lr']!, delay: false });
  const schedule = perEpoch(epochs, 4, { late: true });
  const used = Array.from({ length: h['epochs']! + h['cooldown']! + 1 }, (_, epoch) => schedule(4 * epoch + 3));
  expect(upstream.ratio('used', used)).toBeLessThanOrEqual(1);
});

test('lines, plateaus and a cosine that waits for its warm-up', () => {
  expect(constantRate(0.5)(1e9)).toBe(0.5);
  const line = linearRate({ from: 1, to: 0, steps: 4 });
  expect([0, 1, 4, 9].map(line)).toEqual([1, 0.75, 0, 0]);
  const rate = warmUp(cosineRate({ peak: 2, floor: 1, steps: 10 }), { steps: 4 });
  expect([0, 2, 4, 9, 14, 99].map(rate)).toEqual([0, 1, 2, expect.closeTo(1.5, 12), 1, 1]);
  expect(perEpoch(line, 3)(5)).toBe(0.75);
});
