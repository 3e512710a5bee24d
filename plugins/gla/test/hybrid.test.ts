import { expect, test } from '@jest/globals';
import { ModelError } from '@paperzoo/core';
import type { GLALanguageModel, SoftmaxLayers } from '../src/index';
import { hybrids } from './cases/hybrids';
import { holdOn } from './harness/hold-on';
import { DEVICES, zooOn } from './harness/zoo';

const SMALL = { vocabSize: 64, hiddenSize: 24, numHiddenLayers: 2, numHeads: 2, intermediateSize: 32 };

holdOn('hybrid models', DEVICES, zooOn, hybrids());

test('a state of the wrong kind is refused', async () => {
  await using zoo = await zooOn('wasm');
  const load = (attn: SoftmaxLayers[]) =>
    zoo.load<GLALanguageModel>('gla_tiny', { weights: false, config: { ...SMALL, attn } });
  using hybrid = await load([{ layers: [0], numHeads: 2 }]);
  using other = await load([{ layers: [1], numHeads: 2 }]);
  const { logits, state } = hybrid.prefill([1, 2, 3]);
  logits.dispose();
  expect(() => other.step([4], state)).toThrow(ModelError);
  state.dispose();
});
