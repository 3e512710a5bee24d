import { AttrError, HubError, type ProgressEvent } from '@paperzoo/core';
import { DEFAULT_MAX_BYTES } from '../safetensors/read';
import type { HubCache } from '../cache/cache';

/** Where the public hub lives; `endpoint` replaces it by a mirror. */
export const DEFAULT_ENDPOINT = 'https://huggingface.co';

export interface HubOptions {
  /** Hub to ask; default `https://huggingface.co`. Plain http is accepted for this machine only. */
  endpoint?: string;
  /** Branch, tag or commit; default `main`. `hf:org/repo@revision` wins over it. */
  revision?: string;
  /** Default true. False: only files of this machine. */
  allowRemote?: boolean;
  /** Default true. False: only remote files. */
  allowLocal?: boolean;
  /** Default false. True: the network is never touched; what is not on disk or in the cache is an error. */
  localFilesOnly?: boolean;
  /** Folder of the `fs` cache; default `$XDG_CACHE_HOME/paperzoo`, else `~/.cache/paperzoo`. */
  cacheDir?: string;
  /** Default: `fs` in Node, else `opfs`, else `cache-api`, else `none`. */
  cache?: 'opfs' | 'cache-api' | 'fs' | 'none' | HubCache;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch;
  /** Access token for private files: sent to the endpoint alone, over https alone, and dropped when redirected elsewhere. */
  token?: string;
  /** Hex SHA-256 of the main file, or of several files by name. */
  sha256?: string | Readonly<Record<string, string>>;
  /** Bytes of the main file, or of several files by name. */
  size?: number | Readonly<Record<string, number>>;
  /** Refuse more than this in all; default 4 GiB. */
  maxBytes?: number;
  signal?: AbortSignal;
  /** transformers.js' events. */
  onProgress?: (event: ProgressEvent) => void;
  /** Further attempts after a network failure or a 429, 502, 503 or 504; default 2. */
  retries?: number;
  /** Milliseconds without a byte after which an attempt counts as failed; default 60,000. */
  stallTimeout?: number;
  /** Told when the cache cannot be written: the load goes on without. Default: `console.warn`. */
  onWarning?: (message: string) => void;
}

export interface ResolvedOptions extends HubOptions {
  endpoint: string;
  revision: string;
  maxBytes: number;
  retries: number;
  stallTimeout: number;
  fetch: typeof fetch;
  onWarning: (message: string) => void;
}

/** Looked up at the call, so that a test or a service worker may replace it; one function, so that equal loads can be joined. */
const globalFetch: typeof fetch = (input, init) => globalThis.fetch(input, init);

/** Fills defaults and refuses what cannot be meant. */
export function resolveOptions(options: HubOptions): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as HubOptions;
  const resolved: ResolvedOptions = {
    endpoint: DEFAULT_ENDPOINT,
    revision: 'main',
    maxBytes: DEFAULT_MAX_BYTES,
    retries: 2,
    stallTimeout: 60_000,
    fetch: globalFetch,
    // eslint-disable-next-line no-console -- the one sign that a cache does not work
    onWarning: (message) => console.warn(message),
    ...given,
  };
  for (const name of ['maxBytes', 'retries', 'stallTimeout'] as const) {
    const value = resolved[name];
    if (!(value >= 0))
      throw new AttrError(`${name} must be a number of at least 0, got ${value}.`, { argument: name, got: value });
  }
  // Timers wrap around above this and would fire at once.
  resolved.stallTimeout = Math.min(resolved.stallTimeout, 2 ** 31 - 1);
  resolved.endpoint = resolved.endpoint.replace(/\/+$/, '');
  if (resolved.token !== undefined && !resolved.endpoint.startsWith('https://')) {
    throw new AttrError(`A token is not sent to ${resolved.endpoint}: only https keeps it secret.`, {
      argument: 'token',
      expected: 'an https endpoint',
      got: resolved.endpoint,
    });
  }
  return resolved;
}

/** The card's promise about one file. `main` marks the file that a plain string or number speaks of. */
export function expectationFor(options: HubOptions, file: string, main: boolean): { sha256?: string; size?: number } {
  const pick = <T extends string | number>(value: T | Readonly<Record<string, T>> | undefined): T | undefined => {
    if (typeof value !== 'object') return main ? value : undefined;
    return Object.hasOwn(value, file) ? value[file] : undefined;
  };
  const sha256 = pick(options.sha256)?.toLowerCase();
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new AttrError(`sha256 of ${file} must be 64 hex digits, got "${sha256.slice(0, 80)}".`, {
      argument: 'sha256',
      got: sha256,
    });
  }
  return { sha256, size: pick(options.size) };
}

/** Accepts https, and http where it cannot be tampered with on the way: on this machine. */
export function requireSafeUrl(url: URL): void {
  const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  const page = typeof location !== 'undefined' && url.origin === location.origin;
  if (url.protocol === 'https:' || (url.protocol === 'http:' && (loopback || page))) return;
  throw new HubError(`${url.href} is not fetched: only https is.`, {
    file: url.href,
    expected: 'https',
    got: url.protocol,
    remedy: 'Use an https address or a local file.',
  });
}
