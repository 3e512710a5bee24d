import { IntegrityError, ZooError } from '@paperzoo/core';
import { selectCache } from '../cache/select';
import { download } from './download';
import { FileNotFound } from './not-found';
import type { ResolvedOptions } from './options';
import type { ProgressReporter } from './progress';
import { singleFlight } from './single-flight';
import { verifyBytes, verifyFormat, type Expectation } from './verify';

/**
 * One remote file: from the cache when it is there and as promised, else downloaded, checked and only then cached. Equal
 * requests at the same time share one download.
 */
export async function remoteFile(
  url: URL,
  file: string,
  expected: Expectation,
  options: ResolvedOptions,
  progress: ProgressReporter,
): Promise<Uint8Array> {
  const { cache, cacheDir, token, fetch, maxBytes, retries, stallTimeout } = options;
  const remote = !options.localFilesOnly && options.allowRemote !== false;
  const key = [
    url.href,
    expected.sha256,
    expected.size,
    cache,
    cacheDir,
    token,
    fetch,
    maxBytes,
    retries,
    stallTimeout,
    remote,
  ];
  let started = false;
  const onBytes = (loaded: number, total: number | undefined): void => {
    if (!started) progress.download(file);
    started = true;
    progress.progress(file, loaded, total);
  };
  progress.initiate(file);
  const run = (signal: AbortSignal, report: typeof onBytes) =>
    load({ url, file, expected, options, signal, onBytes: report }, remote);
  const bytes = await singleFlight(key, run, options.signal, onBytes, `Loading ${url.href}`);
  progress.done(file, bytes.length);
  return bytes;
}

async function load(asked: Parameters<typeof download>[0], remote: boolean): Promise<Uint8Array> {
  const { url, expected, options, signal, file } = asked;
  const cache = selectCache(options);
  const tolerate = async <T>(what: string, action: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await action();
    } catch (error) {
      if (!signal.aborted) options.onWarning(`paperzoo: ${what} failed, going on without: ${String(error)}`);
      return undefined;
    }
  };
  const cached =
    cache && (await tolerate(`reading ${url.href} from the cache`, async () => toBytes(await cache.match(url.href))));
  if (cached) {
    try {
      await verifyBytes(cached, expected, url.href);
      if (expected.sha256 === undefined) verifyFormat(cached, file, url.href, options.maxBytes);
      return cached;
    } catch (error) {
      if (!(error instanceof ZooError)) throw error;
      if (!remote) {
        throw new IntegrityError(`The cached copy of ${url.href} is damaged: ${error.message}`, {
          file: url.href,
          cause: error,
        });
      }
      await tolerate('removing a damaged file from the cache', async () => cache.delete?.(url.href));
    }
  }
  if (!remote) {
    throw new FileNotFound(`${url.href} is not in the cache, and the network may not be used.`, {
      file: url.href,
      remedy: 'Load it once with allowRemote: true and localFilesOnly: false.',
    });
  }
  const bytes = await download(asked);
  if (cache) await tolerate(`writing ${url.href} to the cache`, () => cache.put(url.href, bytes, signal));
  return bytes;
}

async function toBytes(hit: Uint8Array | ArrayBuffer | Response | undefined): Promise<Uint8Array | undefined> {
  if (hit === undefined || hit instanceof Uint8Array) return hit;
  return new Uint8Array(hit instanceof ArrayBuffer ? hit : await hit.arrayBuffer());
}
