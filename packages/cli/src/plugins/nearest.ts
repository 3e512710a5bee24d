import { findModel, ZooError } from '@paperzoo/core';
import type { FoundPlugin } from './plugin-set';

/** Names of models that look like what was typed; the core knows how to compare them. */
export function nearest(found: readonly FoundPlugin[], typed: string): string[] {
  try {
    return [
      findModel(
        found.map(({ plugin }) => plugin),
        typed.replace(/[*?]/g, ''),
      ).name,
    ];
  } catch (error) {
    const expected = error instanceof ZooError ? error.details.expected : undefined;
    return Array.isArray(expected) ? expected.map(String) : [];
  }
}
