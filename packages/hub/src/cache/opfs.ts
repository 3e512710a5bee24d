import { sha256Hex } from '../hub/sha256';
import { cacheFileName, type HubCache } from './cache';

/** One file per URL in the origin's private file system. `createWritable` swaps the whole file in at `close`. */
export function opfsCache(): HubCache {
  const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('paperzoo', { create: true });
  const name = async (url: string) => cacheFileName(url, await sha256Hex(new TextEncoder().encode(url)));
  return {
    async match(url) {
      try {
        const file = await (await (await folder()).getFileHandle(await name(url))).getFile();
        // A handle that was made but never written leaves an empty file behind.
        return file.size ? new Uint8Array(await file.arrayBuffer()) : undefined;
      } catch (error) {
        if ((error as { name?: string }).name === 'NotFoundError') return undefined;
        throw error;
      }
    },
    async put(url, bytes, signal) {
      const directory = await folder();
      const target = await name(url);
      const stream = await (await directory.getFileHandle(target, { create: true })).createWritable();
      try {
        await stream.write(bytes as Uint8Array<ArrayBuffer>);
        signal?.throwIfAborted();
        await stream.close();
      } catch (error) {
        await stream.abort().catch(() => undefined);
        await directory.removeEntry(target).catch(() => undefined);
        throw error;
      }
    },
    async delete(url) {
      await (await folder()).removeEntry(await name(url)).catch(() => undefined);
    },
  };
}
