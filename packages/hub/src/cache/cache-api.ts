import type { HubCache } from './cache';

/** The browser's Cache API, under the name `paperzoo`. */
export function cacheApi(): HubCache {
  const open = () => caches.open('paperzoo');
  return {
    match: async (url) => (await open()).match(url),
    async put(url, bytes, signal) {
      signal?.throwIfAborted();
      await (await open()).put(url, new Response(bytes as Uint8Array<ArrayBuffer>));
    },
    async delete(url) {
      await (await open()).delete(url);
    },
  };
}
