import { ModelError, type ModelCard, type Zoo } from '@paperzoo/core';
import { loadGla, type GLAOptions } from './gla';
import type { GLALanguageModel } from './language-model';

/** Loads the model that was trained on Moby-Dick, from the package of its weights unless the options name others. */
export async function loadMobyDick(zoo: Zoo, card: ModelCard, options: GLAOptions): Promise<GLALanguageModel> {
  return loadGla(zoo, card, { ...options, weights: options.weights ?? (await packaged(card)) });
}

async function packaged({ name, package: from }: ModelCard): Promise<string> {
  // The name is written out because bundlers follow only what they can read.
  const { weights } = await import('@paperzoo/weights-gla-moby-dick').catch((cause: unknown) => {
    throw new ModelError(`The weights of ${name} are the package ${from}, which is not installed.`, {
      argument: 'weights',
      remedy: `Install it (npm install ${from}), or pass { weights } with a file or an address.`,
      cause,
    });
  });
  return weights;
}
