import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Zoo } from '@paperzoo/core';
import { failures } from './harness/check';
import { readFixtures } from './harness/node';
import { runCase, zooOn } from './harness/run';

const fixtures = readFixtures();
let zoo: Zoo;
beforeAll(async () => {
  zoo = await zooOn('wasm');
});
afterAll(() => zoo.dispose());

test('five steps follow upstream: losses, gradients, clipping, optimiser, norms', async () => {
  const checks = await runCase({ zoo, fixtures }, 'tiny_train');
  expect(checks.length).toBeGreaterThan(100);
  expect(failures(checks)).toBeNull();
}, 120_000);

test('handwritten digits are learnt as upstream learns them: first losses, means of epochs, accuracy', async () => {
  expect(failures(await runCase({ zoo, fixtures }, 'digits_training'))).toBeNull();
}, 300_000);
