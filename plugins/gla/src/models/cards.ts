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

/** The models of the plugin. */
export const glaCards: readonly ModelCard<GLALanguageModel, GLAOptions>[] = Object.entries(published).map(
  ([name, { repo, config }]) => ({
    name,
    task: 'text-generation',
    config,
    hub: { repo },
    load: async (zoo, card, options) => (await import('../load/gla')).loadGla(zoo, card, options),
  }),
);
