import { AbortError, FormatError, HubError, IntegrityError, ZooError } from '@paperzoo/core';
import { isHtml } from '../safetensors/foreign';
import { BodyBuffer } from './body';
import { isNode } from './node';
import { FileNotFound } from './not-found';
import type { ResolvedOptions } from './options';
import { request } from './request';
import { createHasher } from './sha256';
import { verifyBytes, verifyFormat, verifySize, type Expectation } from './verify';

export interface DownloadRequest {
  readonly url: URL;
  /** Plain name, whose ending says what the bytes must be. */
  readonly file: string;
  readonly expected: Expectation;
  readonly options: ResolvedOptions;
  readonly signal: AbortSignal;
  readonly onBytes: (loaded: number, total: number | undefined) => void;
}

/** A failure that another attempt may not meet; it ends up as `error` when the attempts are used up. */
class Transient extends Error {
  constructor(readonly error: ZooError) {
    super(error.message);
  }
}

const TRANSIENT_STATUS = new Set([429, 502, 503, 504]);

/**
 * Fetches one file into memory and returns it only when size, SHA-256 and format are as promised. Network failures are
 * retried, as often as the options say; answers of the server that would not change are not.
 */
export async function download(asked: DownloadRequest): Promise<Uint8Array> {
  const { options, signal, url } = asked;
  for (let attempt = 0; ; attempt++) {
    try {
      return await attemptDownload(asked);
    } catch (error) {
      if (signal.aborted)
        throw new AbortError(`Downloading ${url.href} was aborted.`, { file: url.href, cause: signal.reason });
      if (!(error instanceof Transient)) throw error;
      if (attempt >= options.retries) throw error.error;
      await pause(200 * 4 ** Math.min(attempt, 4), signal);
    }
  }
}

async function attemptDownload({
  url,
  file,
  expected,
  options,
  signal,
  onBytes,
}: DownloadRequest): Promise<Uint8Array> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', abort);
  let stalled = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stalled = true;
      controller.abort();
    }, options.stallTimeout);
  };
  let declared: number | undefined;
  let received = 0;
  try {
    if (signal.aborted) abort();
    alive();
    const { response, linked } = await request(url, options, controller.signal);
    checkStatus(response, url);
    const promise = { sha256: expected.sha256 ?? linked.sha256, size: expected.size ?? linked.size };
    declared = declaredLength(response, file);
    if (declared !== undefined) verifySize(declared, promise.size, url.href);
    checkLimit(declared ?? 0, options.maxBytes, url);
    if (/text\/html/i.test(response.headers.get('content-type') ?? '') && !isPage(file)) throw htmlError(url);
    const hasher = promise.sha256 === undefined ? undefined : createHasher();
    const body = new BodyBuffer(declared ?? promise.size);
    onBytes(0, declared ?? promise.size);
    for await (const chunk of chunks(response)) {
      alive();
      if (received === 0 && !isPage(file) && isHtml(chunk)) throw htmlError(url);
      received += chunk.length;
      checkLimit(received, options.maxBytes, url);
      if (declared !== undefined && received > declared) verifySize(received, declared, url.href);
      body.push(chunk);
      hasher?.update(chunk);
      onBytes(received, declared ?? promise.size);
    }
    if (declared !== undefined && received !== declared) throw new Error('the body ended early');
    const bytes = body.bytes();
    await verifyBytes(bytes, promise, url.href, hasher);
    verifyFormat(bytes, file, url.href, options.maxBytes);
    return bytes;
  } catch (cause) {
    if (cause instanceof ZooError || cause instanceof Transient) throw cause;
    throw new Transient(networkError(url, stalled, options.stallTimeout, received, declared, cause));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    // Ends the connection when the body was not read to its end; otherwise it has no effect.
    controller.abort();
  }
}

async function* chunks(response: Response): AsyncGenerator<Uint8Array> {
  if (!response.body) {
    yield new Uint8Array(await response.arrayBuffer());
    return;
  }
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function checkStatus(response: Response, url: URL): void {
  const { status } = response;
  if (response.ok) return;
  const reason = response.headers.get('x-error-message') ?? response.headers.get('x-error-code') ?? response.statusText;
  const message = `${url.href} answered ${status}${reason ? ` (${reason.slice(0, 200)})` : ''}.`;
  const details = { file: url.href, expected: 200, got: status };
  if (status === 404 || status === 410) {
    throw new FileNotFound(message, { ...details, remedy: 'Check the repository, the revision and the file name.' });
  }
  if (status === 401 || status === 403) {
    const remedy = 'The repository may not exist, or it needs a token: accept its terms and pass { token }.';
    throw new HubError(message, { ...details, remedy });
  }
  const error = new HubError(message, { ...details, remedy: 'Try again later.' });
  throw TRANSIENT_STATUS.has(status) ? new Transient(error) : error;
}

/** The body's length if the server says it and it can be relied on. */
function declaredLength(response: Response, file: string): number | undefined {
  const text = response.headers.get('content-length') ?? '';
  const encoded = /[^\s]/.test((response.headers.get('content-encoding') ?? '').replace('identity', ''));
  // Browsers ask for compressed text, and hide from other origins' answers that it was compressed.
  const mayHide = !isNode() && !/\.safetensors$/i.test(file);
  return /^[0-9]{1,15}$/.test(text) && !encoded && !mayHide ? Number(text) : undefined;
}

function checkLimit(bytes: number, maxBytes: number, url: URL): void {
  if (bytes <= maxBytes) return;
  throw new HubError(`${url.href} is larger than maxBytes allows (${bytes} > ${maxBytes}).`, {
    file: url.href,
    argument: 'maxBytes',
    expected: maxBytes,
    got: bytes,
    remedy: 'Raise maxBytes if the file is meant to be that large.',
  });
}

const isPage = (file: string) => /\.html?$/i.test(file);

function htmlError(url: URL): FormatError {
  return new FormatError(`${url.href} is an HTML page, not the file: probably a login or error page.`, {
    file: url.href,
    expected: 'the file',
    got: 'text/html',
    remedy: 'Check the address; on a hub it contains /resolve/, not /blob/.',
  });
}

function networkError(
  url: URL,
  stalled: boolean,
  wait: number,
  received: number,
  declared: number | undefined,
  cause: unknown,
): ZooError {
  const file = url.href;
  if (stalled) return new HubError(`${file} sent nothing for ${wait} ms after ${received} bytes.`, { file, cause });
  if (declared !== undefined) {
    return new IntegrityError(`${file} ended after ${received} of ${declared} bytes.`, {
      file,
      expected: declared,
      got: received,
      cause,
    });
  }
  const why =
    (cause as { cause?: { message?: string } }).cause?.message ??
    (cause as { message?: string }).message ??
    String(cause);
  return new HubError(`${file} could not be fetched: ${why}.`, {
    file,
    cause,
    remedy: 'Check the connection; files that are in the cache load without one.',
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
