import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AbortError, AttrError, HubError, IntegrityError } from '@paperzoo/core';
import { fetchCheckpoint, writeSafetensors, type FetchCheckpointOptions } from '../src/index';
import { errorOf } from './support/safetensors';
import { startServer, type TestServer } from './support/server';

const WEIGHTS = writeSafetensors([['w', { shape: [100_000], data: new Float32Array(100_000).fill(3) }]]);
const PATH = '/org/net/resolve/main/model.safetensors';

let server: TestServer;
let cacheDir: string;
let warnings: string[];

beforeEach(async () => {
  server = await startServer();
  cacheDir = await mkdtemp(join(tmpdir(), 'paperzoo-'));
  warnings = [];
});
afterEach(async () => {
  await server.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const load = (options: FetchCheckpointOptions = {}) =>
  fetchCheckpoint('hf:org/net', {
    endpoint: server.url,
    cacheDir,
    retries: 0,
    onWarning: (m) => warnings.push(m),
    ...options,
  });

/** Sends the head and half of the body, then leaves the rest to the test. */
function half(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': WEIGHTS.length });
  response.write(WEIGHTS.subarray(0, WEIGHTS.length / 2));
}

describe('downloads that go wrong', () => {
  test('a connection cut in the middle is an IntegrityError, and nothing is cached', async () => {
    server.routes.set(PATH, (_, response) => {
      half(response);
      setTimeout(() => response.destroy(), 20);
    });
    const error = await errorOf(() => load());
    expect(error).toBeInstanceOf(IntegrityError);
    expect((error as Error).message).toMatch(/ended after \d+ of \d+ bytes/);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  test('a cut connection is tried again, as often as allowed', async () => {
    let attempts = 0;
    server.routes.set(PATH, (_, response) => {
      if (++attempts < 3) response.destroy();
      else response.end(WEIGHTS);
    });
    expect((await load({ retries: 2 })).get('w')!.size).toBe(100_000);
    expect(attempts).toBe(3);
    attempts = -10;
    expect(await errorOf(() => load({ retries: 1, cache: 'none' }))).toBeInstanceOf(HubError);
    expect(attempts).toBe(-8);
  });

  test('503 is tried again, 500 and 404 are not', async () => {
    const answers = [503, 200];
    server.routes.set(PATH, (_, response) => {
      const status = answers.shift()!;
      response.writeHead(status).end(status === 200 ? WEIGHTS : '');
    });
    expect((await load({ retries: 1 })).has('w')).toBe(true);
    for (const status of [500, 404]) {
      const before = server.requests.length;
      server.routes.set(PATH, (_, response) => void response.writeHead(status).end());
      expect(await errorOf(() => load({ retries: 3, cache: 'none', file: 'model.safetensors' }))).toBeInstanceOf(
        HubError,
      );
      expect(server.requests.length - before).toBe(1);
    }
  });

  test('a server that falls silent is given up', async () => {
    server.routes.set(PATH, (_, response) => half(response));
    const error = await errorOf(() => load({ stallTimeout: 100 }));
    expect(error).toBeInstanceOf(HubError);
    expect((error as Error).message).toMatch(/sent nothing for 100 ms after \d+ bytes/);
    server.routes.set(PATH, () => undefined);
    expect(((await errorOf(() => load({ stallTimeout: 100 }))) as Error).message).toMatch(
      /sent nothing for 100 ms after 0 bytes/,
    );
  });

  test('a slow server is waited for as long as it sends', async () => {
    server.routes.set(PATH, (_, response) => {
      response.writeHead(200, { 'content-length': WEIGHTS.length });
      let at = 0;
      const step = Math.ceil(WEIGHTS.length / 10);
      const timer = setInterval(() => {
        response.write(WEIGHTS.subarray(at, (at += step)));
        if (at >= WEIGHTS.length) {
          clearInterval(timer);
          response.end();
        }
      }, 30);
    });
    expect((await load({ stallTimeout: 2000 })).get('w')!.size).toBe(100_000);
  });

  test('a body without stated length is read to its end', async () => {
    server.routes.set(PATH, (_, response) => {
      response.writeHead(200);
      response.write(WEIGHTS.subarray(0, 1000));
      response.end(WEIGHTS.subarray(1000));
    });
    expect((await load({ stallTimeout: Infinity })).get('w')!.toF32()[99_999]).toBe(3);
  });

  test('more than maxBytes is refused by the head, or as soon as it comes', async () => {
    server.routes.set(PATH, WEIGHTS);
    expect(((await errorOf(() => load({ maxBytes: 1000 }))) as Error).message).toMatch(/larger than maxBytes/);
    server.routes.set(PATH, (_, response) => {
      const flood = (): void => void (response.writable && response.write(new Uint8Array(1 << 16), flood));
      flood();
    });
    expect(((await errorOf(() => load({ maxBytes: 1 << 20 }))) as Error).message).toMatch(/larger than maxBytes/);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  test('a claimed length allocates nothing before the bytes come', async () => {
    server.routes.set(PATH, (_, response) => {
      response.writeHead(200, { 'content-length': 4e9 });
      response.write('x');
      setTimeout(() => response.destroy(), 20);
    });
    const before = process.memoryUsage().arrayBuffers;
    let during = 0;
    const onProgress = () => (during = Math.max(during, process.memoryUsage().arrayBuffers));
    expect(await errorOf(() => load({ onProgress }))).toBeInstanceOf(IntegrityError);
    expect(during - before).toBeLessThan(2 ** 27);
  });

  test('no server: an error that says so, and no retry loop without end', async () => {
    const { url } = server;
    await server.close();
    const error = await errorOf(() => load({ endpoint: url, retries: 1 }));
    expect(error).toBeInstanceOf(HubError);
    expect((error as Error).message).toMatch(/could not be fetched: .*ECONNREFUSED/);
    server = await startServer();
  });

  test('redirects are followed, but not for ever', async () => {
    server.routes.set(
      PATH,
      (_, response) => void response.writeHead(307, { location: '/elsewhere/b.safetensors' }).end(),
    );
    server.routes.set('/elsewhere/b.safetensors', WEIGHTS);
    expect((await load()).has('w')).toBe(true);
    server.routes.set(PATH, (_, response) => void response.writeHead(302, { location: PATH }).end());
    expect(((await errorOf(() => load({ cache: 'none' }))) as Error).message).toMatch(/redirects more than 5 times/);
  });
});

describe('aborting', () => {
  test('before the start: nothing is asked', async () => {
    expect(await errorOf(() => load({ signal: AbortSignal.abort() }))).toBeInstanceOf(AbortError);
    expect(server.requests).toEqual([]);
  });

  test('in the middle: the connection ends, the cache stays empty, a later load works', async () => {
    const closed = new Promise<void>((resolve) => {
      server.routes.set(PATH, (_, response) => {
        half(response);
        response.once('close', () => resolve());
      });
    });
    const controller = new AbortController();
    const onProgress = ({ loaded }: { loaded?: number }) => {
      if (loaded) controller.abort(new Error('enough'));
    };
    const error = await errorOf(() => load({ signal: controller.signal, onProgress }));
    expect(error).toBeInstanceOf(AbortError);
    expect(error).toMatchObject({ code: 'abort', cause: { message: 'enough' } });
    await closed;
    expect(await readdir(cacheDir)).toEqual([]);
    server.routes.set(PATH, WEIGHTS);
    expect((await load()).has('w')).toBe(true);
  });

  test('a listener that throws ends its own load only', async () => {
    server.routes.set(PATH, WEIGHTS);
    const bad = errorOf(() =>
      load({
        onProgress: ({ status }) => {
          if (status === 'progress') throw new RangeError('listener');
        },
      }),
    );
    const good = load();
    expect(await bad).toMatchObject({ message: 'listener' });
    expect((await good).has('w')).toBe(true);
  });
});

describe('several loads at once', () => {
  test('share one download', async () => {
    server.routes.set(PATH, WEIGHTS);
    const all = await Promise.all([load(), load(), load()]);
    expect(all.map((c) => c.get('w')!.size)).toEqual([100_000, 100_000, 100_000]);
    expect(server.requests).toEqual([PATH]);
  });

  test('one that leaves does not break the others; when all leave, the download ends', async () => {
    let release = (): void => undefined;
    let closed = Promise.resolve();
    server.routes.set(PATH, (_, response) => {
      half(response);
      release = () => response.end(WEIGHTS.subarray(WEIGHTS.length / 2));
      closed = once(response, 'close').then(() => undefined);
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const seen = new Promise<void>((resolve) => {
      const leaving = errorOf(() =>
        load({ signal: first.signal, onProgress: ({ loaded }) => void (loaded && resolve()) }),
      );
      void leaving.then((error) => expect(error).toBeInstanceOf(AbortError));
    });
    const staying = load({ signal: second.signal });
    await seen;
    first.abort();
    release();
    expect((await staying).has('w')).toBe(true);
    expect(server.requests).toHaveLength(1);

    const loads = [first, second].map(() => new AbortController());
    const errors = loads.map((c) => errorOf(() => load({ signal: c.signal, cache: 'none' })));
    while (server.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    loads.forEach((c) => c.abort());
    for (const error of await Promise.all(errors)) expect(error).toBeInstanceOf(AbortError);
    await closed;
  });
});

describe('caches', () => {
  test('a cache of the caller', async () => {
    server.routes.set(PATH, WEIGHTS);
    const store = new Map<string, Uint8Array>();
    const cache = {
      match: async (url: string) =>
        store.has(url) ? new Response(store.get(url) as Uint8Array<ArrayBuffer>) : undefined,
      put: async (url: string, bytes: Uint8Array) => void store.set(url, bytes),
    };
    await load({ cache });
    expect([...store.keys()]).toEqual([`${server.url}${PATH}`]);
    expect((await load({ cache, allowRemote: false })).has('w')).toBe(true);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  test('a cache that cannot be written is a warning, not a failure', async () => {
    server.routes.set(PATH, WEIGHTS);
    const blocked = join(cacheDir, 'file');
    await writeFile(blocked, '');
    expect((await load({ cacheDir: join(blocked, 'below') })).has('w')).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/writing .* to the cache failed/)]);
  });

  test('a file that is not cached may not be fetched when the network is off', async () => {
    server.routes.set(PATH, WEIGHTS);
    for (const options of [{ localFilesOnly: true }, { allowRemote: false }]) {
      const error = await errorOf(() => load(options));
      expect(error).toBeInstanceOf(HubError);
      expect((error as Error).message).toMatch(/not in the cache, and the network may not be used/);
    }
    expect(server.requests).toEqual([]);
  });

  test('caches of browsers say that they are not here; unknown ones are named', async () => {
    expect(await errorOf(() => load({ cache: 'opfs' }))).toBeInstanceOf(HubError);
    expect(await errorOf(() => load({ cache: 'disk' as 'fs' }))).toBeInstanceOf(AttrError);
  });
});

describe('secrets and addresses', () => {
  /** A `fetch` that answers from a table and notes who was sent a token. */
  function fakeFetch(answers: Record<string, () => Response>) {
    const sent: [string, string | null][] = [];
    const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const url = String(input);
      sent.push([url, new Headers(init?.headers).get('authorization')]);
      return answers[url]?.() ?? new Response('', { status: 404 });
    };
    return { fetch, sent };
  }
  const redirect = (location: string) => () => new Response(null, { status: 302, headers: { location } });
  const weights = () => new Response(WEIGHTS as Uint8Array<ArrayBuffer>);

  test('the token goes to the endpoint and is dropped on the way to another host', async () => {
    const { fetch, sent } = fakeFetch({
      'https://hub.example/org/net/resolve/main/model.safetensors': redirect('https://store.example/blob'),
      'https://store.example/blob': weights,
    });
    await load({ endpoint: 'https://hub.example', token: 'secret', fetch, cache: 'none' });
    expect(sent).toEqual([
      ['https://hub.example/org/net/resolve/main/model.safetensors', 'Bearer secret'],
      ['https://store.example/blob', null],
    ]);
  });

  test('the token is not sent to an address of another host', async () => {
    const { fetch, sent } = fakeFetch({ 'https://other.example/m.safetensors': weights });
    await fetchCheckpoint('https://other.example/m.safetensors', { token: 'secret', fetch, cache: 'none' });
    expect(sent).toEqual([['https://other.example/m.safetensors', null]]);
  });

  test('a token and a plain http endpoint do not go together', async () => {
    expect(await errorOf(() => load({ token: 'secret' }))).toBeInstanceOf(AttrError);
    expect(server.requests).toEqual([]);
  });

  test('plain http is for this machine only, also behind a redirect', async () => {
    const { fetch, sent } = fakeFetch({
      'https://hub.example/m.safetensors': redirect('http://hub.example/m.safetensors'),
    });
    const insecure = await errorOf(() => fetchCheckpoint('http://hub.example/m.safetensors', { fetch, cache: 'none' }));
    expect(insecure).toBeInstanceOf(HubError);
    expect((insecure as Error).message).toMatch(/only https/);
    expect(
      await errorOf(() => fetchCheckpoint('https://hub.example/m.safetensors', { fetch, cache: 'none' })),
    ).toBeInstanceOf(HubError);
    expect(sent.map(([url]) => url)).toEqual(['https://hub.example/m.safetensors']);
    expect(await errorOf(() => fetchCheckpoint('s3://bucket/m.safetensors', { fetch }))).toBeInstanceOf(HubError);
  });

  test('a body longer than its head says is refused', async () => {
    const { fetch } = fakeFetch({
      'https://hub.example/m.safetensors': () =>
        new Response(WEIGHTS as Uint8Array<ArrayBuffer>, { headers: { 'content-length': '100' } }),
    });
    const error = await errorOf(() =>
      fetchCheckpoint('https://hub.example/m.safetensors', { fetch, cache: 'none', retries: 0 }),
    );
    expect(error).toBeInstanceOf(IntegrityError);
  });

  test.each([{ maxBytes: -1 }, { retries: NaN }, { stallTimeout: -5 }])('the option %j is refused', async (options) => {
    expect(await errorOf(() => load(options))).toBeInstanceOf(AttrError);
  });
});
