import { expect, test } from '@jest/globals';
import { createZoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { Constant, LayerNorm } from '../src/index';

test('layer norm over the last axis, with PyTorch keys', async () => {
  await using zoo = await createZoo({ device: cpu() });
  const norm = new LayerNorm(2).initialize();
  expect([...norm.namedState().keys()]).toEqual(['weight', 'bias']);
  const x = zoo.tensor([[1, 3]]);
  const y = await norm(x).data();
  expect(y[0]).toBeCloseTo(-1, 4);
  expect(y[1]).toBeCloseTo(1, 4);
});

test('a constant is uploaded once, outlives scopes and is freed by dispose', async () => {
  await using zoo = await createZoo({ device: cpu() });
  const constant = new Constant([2], () => Int32Array.of(4, 5));
  const first = zoo.scope(() => {
    constant.for({ zoo });
    return undefined;
  });
  expect(first).toBeUndefined();
  expect(zoo.memory().tensors).toBe(1);
  expect(Array.from(await constant.for({ zoo }).data())).toEqual([4, 5]);
  constant.dispose();
  expect(zoo.memory().tensors).toBe(0);
});
