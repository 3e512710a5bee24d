/** A place for downloaded files, by URL. `put` must be atomic: `match` never sees a part of a file. */
export interface HubCache {
  /** The whole file, or undefined when it is not there. */
  match(url: string): Promise<Uint8Array | ArrayBuffer | Response | undefined>;
  put(url: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Forgets a file that turned out to be damaged. */
  delete?(url: string): Promise<void>;
}

/** A name that every file system takes: readable, and unique by its hash. */
export function cacheFileName(url: string, hash: string): string {
  const readable = url.replace(/^[a-z]+:\/\//i, '').replace(/[^A-Za-z0-9._-]+/g, '--');
  return `${hash.slice(0, 16)}-${readable.slice(-120)}`;
}
