import { AttrError, type LoadOptions } from '@paperzoo/core';
import type { FetchCheckpointOptions } from '@paperzoo/hub';

const HUB = [
  'endpoint', 'revision', 'allowRemote', 'allowLocal', 'localFilesOnly', 'cacheDir', 'cache', 'fetch', 'token', 'sha256', 'size',
  'maxBytes', 'signal', 'onProgress', 'retries', 'stallTimeout', 'onWarning', 'file',
] as const; // prettier-ignore

/** Refuses options that nobody reads: a misspelt one would silently do nothing. */
export function checkOptions(model: string, options: LoadOptions, known: readonly string[]): void {
  const all = ['weights', ...known, ...HUB];
  for (const name of Object.keys(options)) {
    if (all.includes(name)) continue;
    throw new AttrError(`${model}: unknown option "${name.slice(0, 100)}"; known ones: ${all.join(', ')}.`, {
      argument: name,
      expected: all,
      got: name,
    });
  }
}

/** The options that the hub understands. */
export function hubOptions(options: LoadOptions): FetchCheckpointOptions {
  return Object.fromEntries(
    HUB.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  ) as FetchCheckpointOptions;
}
