import { findModel, type ModelCard } from '@paperzoo/core';
import type { FoundPlugin } from '../plugins/plugin-set';
import { UsageError } from '../usage-error';

/** The card for a name, and the plugin it belongs to. Throws `ModelError` with the nearest names. */
export function findCard(found: readonly FoundPlugin[], name: string): { card: ModelCard; owner: FoundPlugin } {
  if (found.length === 0) {
    throw new UsageError(`There is no plugin to find "${name}" in.`, {
      argument: 'name',
      got: name,
      remedy: 'Install one (npm install @paperzoo/efficientvit) or name it with --plugin.',
    });
  }
  const card = findModel(
    found.map(({ plugin }) => plugin),
    name,
  );
  return { card, owner: found.find(({ plugin }) => plugin.models?.includes(card))! };
}
