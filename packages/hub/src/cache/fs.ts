import { nodeModule } from '../hub/node';
import { sha256Hex } from '../hub/sha256';
import { writeAtomic } from '../hub/write-atomic';
import { cacheFileName, type HubCache } from './cache';
import { isMissing, readWhole } from './read-whole';

/** `$XDG_CACHE_HOME/paperzoo`, else `~/.cache/paperzoo`: not inside node_modules, which installers wipe. */
export function defaultCacheDir(): string {
  const path = nodeModule('node:path', 'The fs cache');
  const base = process.env['XDG_CACHE_HOME'] || path.join(nodeModule('node:os', 'The fs cache').homedir(), '.cache');
  return path.join(base, 'paperzoo');
}

/** One file per URL in a folder (Node). */
export function fsCache(directory: string, maxBytes: number): HubCache {
  const path = nodeModule('node:path', 'The fs cache');
  const fs = nodeModule('node:fs/promises', 'The fs cache');
  const locate = async (url: string): Promise<string> => {
    return path.join(directory, cacheFileName(url, await sha256Hex(new TextEncoder().encode(url))));
  };
  return {
    async match(url) {
      try {
        return await readWhole(await locate(url), maxBytes);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    put: async (url, bytes, signal) => writeAtomic(await locate(url), bytes, signal),
    delete: async (url) => fs.rm(await locate(url), { force: true }),
  };
}
