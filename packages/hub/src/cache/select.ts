import { AttrError, HubError } from '@paperzoo/core';
import { isNode } from '../hub/node';
import type { ResolvedOptions } from '../hub/options';
import { cacheApi } from './cache-api';
import type { HubCache } from './cache';
import { defaultCacheDir, fsCache } from './fs';
import { opfsCache } from './opfs';

const hasOpfs = () => typeof navigator !== 'undefined' && typeof navigator.storage?.getDirectory === 'function';
const hasCacheApi = () => typeof caches !== 'undefined';

/** The cache that the options name, or this platform's own. */
export function selectCache(options: ResolvedOptions): HubCache | undefined {
  const { cache, cacheDir, maxBytes } = options;
  if (typeof cache === 'object') return cache;
  const missing = (what: string): never => {
    throw new HubError(`The cache "${cache}" needs ${what}, which is not here.`, {
      argument: 'cache',
      got: cache,
      remedy: "Use cache: 'none'.",
    });
  };
  switch (cache) {
    case undefined:
      if (isNode()) return fsCache(cacheDir ?? defaultCacheDir(), maxBytes);
      return hasOpfs() ? opfsCache() : hasCacheApi() ? cacheApi() : undefined;
    case 'none':
      return undefined;
    case 'fs':
      return fsCache(cacheDir ?? defaultCacheDir(), maxBytes);
    case 'opfs':
      return hasOpfs() ? opfsCache() : missing('the origin private file system');
    case 'cache-api':
      return hasCacheApi() ? cacheApi() : missing('the Cache API');
    default:
      throw new AttrError(`Unknown cache "${String(cache)}".`, {
        argument: 'cache',
        expected: ['fs', 'opfs', 'cache-api', 'none', '{ match, put }'],
        got: cache,
      });
  }
}
