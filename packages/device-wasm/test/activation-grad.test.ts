import { expect, test } from '@jest/globals';
import { activationGrad, createZoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '../src/index';

// Differences of values say nothing about a corner, so that the conformance kit leaves these out.
test.each(['wasm', 'cpu'])('%s takes the slopes that PyTorch takes where an activation has a corner', async (name) => {
  await using zoo = await createZoo({ device: name === 'wasm' ? wasm() : cpu() });
  const slopes = async (activation: 'hardswish' | 'hardsigmoid' | 'relu', ...at: number[]) => [
    ...(await activationGrad(zoo.tensor(at), zoo.ones([at.length]), { activation }).data()),
  ];
  expect(await slopes('hardswish', -3, 3)).toEqual([0, 1]);
  expect(await slopes('hardsigmoid', -3, 3)).toEqual([0, 0]);
  expect(await slopes('relu', 0, -0)).toEqual([0, 0]);
});
