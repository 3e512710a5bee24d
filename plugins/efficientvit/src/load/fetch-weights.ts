import { ModelError, type LoadOptions, type ModelCard } from '@paperzoo/core';
import { fetchCheckpoint, type Checkpoint } from '@paperzoo/hub';
import { hubOptions } from './options';

/** The checkpoint that the options name, or else the card's own; undefined when fresh weights are asked for. */
export async function fetchWeights(card: ModelCard, options: LoadOptions): Promise<Checkpoint | undefined> {
  const { weights } = options;
  if (weights === false) return undefined;
  if (weights !== undefined) return fetchCheckpoint(weights, hubOptions(options));
  const { hub } = card;
  if (!hub) {
    throw new ModelError(`${card.name} has no published weights.`, {
      argument: 'weights',
      remedy: 'Pass { weights } with a file, an address or bytes, or { weights: false } for fresh ones.',
    });
  }
  const { repo, revision, file, sha256, bytes } = hub;
  const promised = { revision, file, sha256, size: bytes };
  const own = Object.fromEntries(Object.entries(promised).filter(([, value]) => value !== undefined));
  return fetchCheckpoint(`hf:${repo}`, { ...own, ...hubOptions(options) });
}
