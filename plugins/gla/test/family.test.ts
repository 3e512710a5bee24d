import { expect, test } from '@jest/globals';
import { AttrError } from '@paperzoo/core';
import * as family from '../src/family';
import { relatives } from './cases/relatives';
import { holdOn } from './harness/hold-on';
import { openZoo } from './harness/op-zoo';

holdOn("upstream's relatives", ['cpu', 'wasm'], openZoo, relatives());

test('arguments that cannot be are refused', async () => {
  await using zoo = await openZoo('cpu');
  using q = zoo.ones([1, 3, 1, 1]);
  expect(() => family.lightningAttention(q, q, q, { layer: 5, layers: 5 })).toThrow(AttrError);
  expect(() => family.normalizedLinearAttention(q, q, q, { reverse: true })).toThrow(AttrError);
  expect(() => family.normalizedLinearAttention(q, q, q, { cuSeqlens: [0, 1, 3] })).toThrow(AttrError);
});
