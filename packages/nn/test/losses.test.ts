import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createZoo, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { distillationLoss, mixupTargets, softTargetCrossEntropy } from '../src/index';
import { lossCases } from './cases/losses';
import { fixtures } from './read-upstream';

describe.each(['cpu', 'wasm'])('on %s', (device) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await createZoo({ device: device === 'cpu' ? cpu() : wasm(), log: () => undefined });
  });
  afterAll(() => zoo.dispose());

  test.each(Object.keys(lossCases))('%s', async (name) => {
    expect(await lossCases[name]!({ zoo, fixtures })).toEqual([]);
    expect(zoo.memory().buffers).toBe(0);
  });

  test('labels are checked', () => {
    expect(() => mixupTargets(zoo, [7], 7)).toThrow(/label 7 of row 0/);
  });

  test('shapes and options are checked', () => {
    const scalar = zoo.ones([]);
    const logits = zoo.ones([2, 3]);
    expect(() => softTargetCrossEntropy(logits, zoo.ones([2, 4]))).toThrow(/\[2, 3\] and \[2, 4\]/);
    expect(() => distillationLoss(scalar, logits, logits, { kind: 'soft', alpha: 2 })).toThrow(/alpha/);
    expect(() => distillationLoss(scalar, logits, logits, { kind: 'soft', temperature: 0 })).toThrow(/temperature/);
  });
});
