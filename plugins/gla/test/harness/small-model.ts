import type { Zoo } from '@paperzoo/core';
import type { GLAConfig, GLALanguageModel } from '../../src/index';

const SMALL = {
  vocabSize: 61,
  hiddenSize: 32,
  numHiddenLayers: 2,
  numHeads: 2,
  intermediateSize: 48,
  gateLowRankDim: 4,
};

/** A model of a few thousand fresh weights, the same on every device. */
export const smallModel = (zoo: Zoo, given: Partial<GLAConfig> = {}): Promise<GLALanguageModel> => {
  const config = { ...SMALL, bosTokenId: null, eosTokenId: null, initializerRange: 0.2, ...given };
  return zoo.load<GLALanguageModel>('gla_tiny', { weights: false, seed: 5, config });
};
