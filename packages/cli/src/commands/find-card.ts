import { findModel, type ModelCard } from '@paperzoo/core';
import type { FoundPlugin } from '../plugins/plugin-set';
import { UsageError } from '../usage-error';

/** For `efficientvit`, what works at once: the model whose weights are a package, else the first one with weights. */
function standIn(found: readonly FoundPlugin[], name: string): ModelCard | undefined {
  const models = found.find(({ plugin }) => plugin.name.split('/').at(-1) === name)?.plugin.models ?? [];
  return models.find((card) => card.package) ?? models.find((card) => card.hub) ?? models[0];
}

/** The card for a name, and the plugin it belongs to; a plugin's own name stands for one of its models. Throws `ModelError` with the nearest names. */
export function findCard(found: readonly FoundPlugin[], name: string): { card: ModelCard; owner: FoundPlugin } {
  if (found.length === 0) {
    throw new UsageError(`There is no plugin to find "${name}" in.`, {
      argument: 'name',
      got: name,
      remedy: 'Install one (npm install @paperzoo/efficientvit) or name it with --plugin.',
    });
  }
  const card =
    standIn(found, name) ??
    findModel(
      found.map(({ plugin }) => plugin),
      name,
    );
  return { card, owner: found.find(({ plugin }) => plugin.models?.includes(card))! };
}
