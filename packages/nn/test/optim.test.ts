import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createZoo, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { MovingAverage, sgd } from '../src/index';
import { optimCases } from './cases/optim';
import { fixtures } from './read-upstream';

describe.each(['cpu', 'wasm'])('on %s', (device) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await createZoo({ device: device === 'cpu' ? cpu() : wasm(), log: () => undefined });
  });
  afterAll(() => zoo.dispose());

  test.each(Object.keys(optimCases))('%s', async (name) => {
    expect(await optimCases[name]!({ zoo, fixtures })).toEqual([]);
    expect(zoo.memory().buffers).toBe(0);
  });

  test('groups choose what decays and how fast each parameter learns', async () => {
    const optimizer = sgd({
      weightDecay: 1,
      decays: (name) => name === 'bias',
      lrScale: (name) => (name === 'frozen' ? 0 : 1),
    });
    const params = { bias: zoo.tensor([2]), frozen: zoo.tensor([[2]]) };
    const grads = { bias: zoo.tensor([0]), frozen: zoo.tensor([[1]]) };
    const { params: next } = optimizer.update({ params, grads, state: optimizer.init(params), lr: 0.5 });
    expect([await next['bias']!.item(), await next['frozen']!.item()]).toEqual([1, 2]);
    const { bias } = grads;
    const update = (lr: number) => optimizer.update({ params, grads: { bias }, state: optimizer.init(params), lr });
    expect(() => update(1)).toThrow(/"frozen" has no gradient/);
    expect(() => update(NaN)).toThrow(/learning rate/);
    for (const t of [params, grads, next].flatMap((set) => Object.values(set))) t.dispose();
  });

  test('an average that forgets nothing is refused', () => {
    expect(() => new MovingAverage(1)).toThrow(/decay/);
  });
});
