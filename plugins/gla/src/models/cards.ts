import type { ModelCard } from '@paperzoo/core';
import type { GLAOptions } from '../load/gla';
import type { GLALanguageModel } from '../load/language-model';

/** The published checkpoints; 340M and 1.3B also have their training recipe's sizes, for fresh weights. */
const published = {
  'gla_340m.15b': {
    repo: 'fla-hub/gla-340M-15B',
    config: { hiddenSize: 1024, numHiddenLayers: 24, numHeads: 4, vocabSize: 32000, tieWordEmbeddings: true },
  },
  'gla_1.3b.100b': {
    repo: 'fla-hub/gla-1.3B-100B',
    config: { hiddenSize: 2048, numHiddenLayers: 24, numHeads: 4, vocabSize: 32000 },
  },
  'gla_2.7b.100b': { repo: 'fla-hub/gla-2.7B-100B', config: {} },
} as const;

const TASK = 'text-generation';
const load: ModelCard<GLALanguageModel, GLAOptions>['load'] = async (zoo, card, options) =>
  (await import('../load/gla')).loadGla(zoo, card, options);

/** A model of bytes that a laptop can train. */
const tiny: ModelCard<GLALanguageModel, GLAOptions> = {
  name: 'gla_tiny',
  task: TASK,
  config: {
    vocabSize: 256,
    hiddenSize: 256,
    numHiddenLayers: 2,
    numHeads: 4,
    intermediateSize: 768,
    bosTokenId: null,
    eosTokenId: null,
  },
  params: 1_848_960,
  load,
};

/** The same, trained on a novel; its weights are small enough for a package. */
const mobyDick: ModelCard<GLALanguageModel, GLAOptions> = {
  ...tiny,
  name: 'gla_tiny.moby_dick',
  license: 'MIT',
  package: '@paperzoo/weights-gla-moby-dick',
  metrics: { bitsPerByte: { value: 2.003, source: 'the last twentieth of the novel, paperzoo eval' } },
  load: async (zoo, card, options) => (await import('../load/moby-dick')).loadMobyDick(zoo, card, options),
};

/** The models of the plugin. */
export const glaCards: readonly ModelCard<GLALanguageModel, GLAOptions>[] = [
  tiny,
  mobyDick,
  ...Object.entries(published).map(([name, { repo, config }]) => ({ name, task: TASK, config, hub: { repo }, load })),
];
