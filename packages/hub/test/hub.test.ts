import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AttrError, FormatError, HubError, IntegrityError, type ProgressEvent } from '@paperzoo/core';
import { fetchCheckpoint, openSource, writeSafetensors, type FetchCheckpointOptions } from '../src/index';
import { errorOf } from './support/safetensors';
import { startServer, type TestServer } from './support/server';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const make = (name: string, ...values: number[]) =>
  writeSafetensors([[name, { shape: [values.length], data: Float32Array.from(values) }]]);
const WEIGHTS = make('w', ...Array.from({ length: 50_000 }, (_, i) => i));
const PATH = '/org/net/resolve/main/model.safetensors';

let server: TestServer;
let cacheDir: string;
let warnings: string[];
let base: FetchCheckpointOptions;

beforeEach(async () => {
  server = await startServer();
  cacheDir = await mkdtemp(join(tmpdir(), 'paperzoo-'));
  warnings = [];
  base = { endpoint: server.url, cacheDir, retries: 0, onWarning: (message) => warnings.push(message) };
});
afterEach(async () => {
  await server.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const load = (options: FetchCheckpointOptions = {}, source = 'hf:org/net') =>
  fetchCheckpoint(source, { ...base, ...options });
const cached = () => readdir(cacheDir);

describe('a hub', () => {
  test('loads, caches, and loads again without the network', async () => {
    server.routes.set(PATH, WEIGHTS);
    const first = await load();
    expect(first.get('w')!.toF32()[49_999]).toBe(49_999);
    expect(server.requests).toEqual([PATH]);
    expect(await cached()).toEqual([
      expect.stringMatching(/^[0-9a-f]{16}-127\.0\.0\.1--\d+--org--net--resolve--main--model\.safetensors$/),
    ]);
    await server.close();
    const second = await load({ localFilesOnly: true });
    expect(second.get('w')!.bytes).toEqual(first.get('w')!.bytes);
    server = await startServer();
    expect(warnings).toEqual([]);
  });

  test('asks for the revision, from the option or the source', async () => {
    server.routes.set('/org/net/resolve/v1.0/model.safetensors', make('w', 1));
    server.routes.set('/org/net/resolve/refs%2Fpr%2F2/model.safetensors', make('w', 2));
    expect((await load({ revision: 'v1.0' })).get('w')!.toF32()[0]).toBe(1);
    expect((await load({ revision: 'v1.0' }, 'hf:org/net@refs/pr/2')).get('w')!.toF32()[0]).toBe(2);
  });

  test('a named file, an address of a file and an address of a folder', async () => {
    server.routes.set('/org/net/resolve/main/other.safetensors', make('w', 3));
    server.routes.set('/files/m.safetensors?token=x', make('w', 4));
    server.routes.set('/files/net/model.safetensors', make('w', 5));
    expect((await load({ file: 'other.safetensors' })).get('w')!.toF32()[0]).toBe(3);
    expect((await load({}, `${server.url}/files/m.safetensors?token=x`)).get('w')!.toF32()[0]).toBe(4);
    expect((await load({}, `${server.url}/files/net`)).get('w')!.toF32()[0]).toBe(5);
  });

  test('progress in the vocabulary of transformers.js', async () => {
    server.routes.set(PATH, WEIGHTS);
    const events: ProgressEvent[] = [];
    await load({ onProgress: (event) => events.push(event) });
    const states = events.map((event) => event.status);
    expect(states.slice(0, 2)).toEqual(['initiate', 'download']);
    expect(states.slice(-2)).toEqual(['done', 'ready']);
    expect(events.filter((e) => e.status === 'progress').at(-1)).toEqual({
      status: 'progress',
      name: 'org/net',
      file: 'model.safetensors',
      loaded: WEIGHTS.length,
      total: WEIGHTS.length,
      progress: 100,
    });
    expect(events.filter((e) => e.status === 'progress_total').at(-1)).toMatchObject({
      loaded: WEIGHTS.length,
      progress: 100,
    });
    const percent = events.filter((e) => e.status === 'progress').map((e) => e.progress!);
    expect(percent).toEqual([...percent].sort((a, b) => a - b));
    events.length = 0;
    await load({ onProgress: (event) => events.push(event) });
    expect(events.map((event) => event.status)).toEqual(['initiate', 'progress', 'progress_total', 'done', 'ready']);
  });

  test('size and SHA-256 of the card are checked, also of what the cache holds', async () => {
    server.routes.set(PATH, WEIGHTS);
    const good = { sha256: sha256(WEIGHTS).toUpperCase(), size: WEIGHTS.length };
    await load(good);
    const [name] = await cached();
    const damaged = Uint8Array.from(WEIGHTS);
    damaged[damaged.length - 1]! ^= 1;
    await writeFile(join(cacheDir, name!), damaged);
    expect(await errorOf(() => load({ ...good, localFilesOnly: true }))).toBeInstanceOf(IntegrityError);
    expect((await load(good)).get('w')!.toF32()[49_999]).toBe(49_999);
    expect(sha256(await readFile(join(cacheDir, name!)))).toBe(sha256(WEIGHTS));
    expect(server.requests).toHaveLength(2);
  });

  test('a truncated file in the cache is replaced even without a hash', async () => {
    server.routes.set(PATH, WEIGHTS);
    await load();
    const [name] = await cached();
    await writeFile(join(cacheDir, name!), WEIGHTS.subarray(0, 1000));
    expect((await load()).get('w')!.size).toBe(50_000);
  });

  test.each([
    ['hash', { sha256: '0'.repeat(64) }, /SHA-256/],
    ['hash by file name', { sha256: { 'model.safetensors': '0'.repeat(64) } }, /SHA-256/],
    ['size', { size: 17 }, /has \d+ bytes, expected 17/],
  ])('a wrong %s is an IntegrityError and nothing is cached', async (_, options, message) => {
    server.routes.set(PATH, WEIGHTS);
    const error = await errorOf(() => load(options));
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({ code: 'integrity', details: { file: `${server.url}${PATH}` } });
    expect((error as Error).message).toMatch(message);
    expect(await cached()).toEqual([]);
  });

  test('the hash that a hub states for a large file is checked through its redirect', async () => {
    const store = await startServer();
    try {
      store.routes.set('/blob', WEIGHTS);
      let stated = sha256(WEIGHTS);
      server.routes.set(PATH, (_, response) => {
        response
          .writeHead(302, {
            location: `${store.url}/blob`,
            'x-linked-etag': `"${stated}"`,
            'x-linked-size': String(WEIGHTS.length),
          })
          .end();
      });
      expect((await load({ cache: 'none' })).get('w')!.size).toBe(50_000);
      stated = '1'.repeat(64);
      expect(await errorOf(() => load({ cache: 'none' }))).toBeInstanceOf(IntegrityError);
    } finally {
      await store.close();
    }
  });

  test('404 names the address and the remedy', async () => {
    const error = await errorOf(() => load());
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ name: 'HubError', code: 'hub', details: { file: `${server.url}${PATH}`, got: 404 } });
    expect((error as Error).message).toMatch(
      /neither model\.safetensors nor model\.safetensors\.index\.json.*404.*Check the repository/,
    );
    expect(server.requests).toEqual([PATH, `${PATH}.index.json`]);
    expect(await cached()).toEqual([]);
  });

  test.each([401, 403])('%i asks for a token', async (status) => {
    server.routes.set(PATH, (_, response) => void response.writeHead(status).end());
    expect(((await errorOf(() => load())) as Error).message).toMatch(/needs a token/);
  });

  test('an HTML page instead of weights is a FormatError and is not cached', async () => {
    for (const type of ['text/html; charset=utf-8', 'application/octet-stream']) {
      server.routes.set(
        PATH,
        (_, response) =>
          void response.writeHead(200, { 'content-type': type }).end('<!doctype html><title>Sign in</title>'),
      );
      const error = await errorOf(() => load());
      expect(error).toBeInstanceOf(FormatError);
      expect((error as Error).message).toMatch(/HTML page.*\/resolve\//);
    }
    expect(await cached()).toEqual([]);
  });

  test('a file that is no safetensors is not cached', async () => {
    server.routes.set(PATH, WEIGHTS.subarray(0, WEIGHTS.length - 4));
    expect(await errorOf(() => load())).toBeInstanceOf(FormatError);
    expect(await cached()).toEqual([]);
  });

  test('a pickle is refused by its name, unasked', async () => {
    expect(((await errorOf(() => load({ file: 'pytorch_model.bin' }))) as Error).message).toMatch(/pickle.*Convert it/);
    expect(server.requests).toEqual([]);
  });

  test.each(['hf:', 'hf:a/b/c', 'hf:../x', 'hf:org/net@..', 'hf:org/net@a/../b', 'hf:org/net?x'])(
    '%s is not a repository',
    async (source) => {
      expect(await errorOf(() => load({}, source))).toBeInstanceOf(AttrError);
      expect(server.requests).toEqual([]);
    },
  );

  test.each(['../secret.safetensors', '/etc/passwd', 'a//b.safetensors', 'x?y.safetensors'])(
    'the file name %s is refused',
    async (file) => {
      expect(await errorOf(() => load({ file }))).toBeInstanceOf(AttrError);
      expect(server.requests).toEqual([]);
    },
  );
});

describe('shards', () => {
  const folder = '/org/net/resolve/main';
  const index = (map: Record<string, string>, total_size = 8) =>
    JSON.stringify({ metadata: { total_size }, weight_map: map });

  test('come back as one checkpoint', async () => {
    server.routes.set(`${folder}/model.safetensors.index.json`, index({ a: 'm-1.safetensors', b: 'm-2.safetensors' }));
    server.routes.set(`${folder}/m-1.safetensors`, make('a', 1));
    server.routes.set(`${folder}/m-2.safetensors`, make('b', 2));
    expect([...(await load()).keys()]).toEqual(['a', 'b']);
    expect(await cached()).toHaveLength(3);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a missing shard',
      { a: 'm-1.safetensors', b: 'm-3.safetensors' },
      /names the shard "m-3\.safetensors", which is not there/,
    ],
    ['a tensor that is listed and absent', { a: 'm-1.safetensors', c: 'm-1.safetensors' }, /lacks tensor "c"/],
    ['a tensor in two shards', { a: 'm-1.safetensors', x: 'm-2.safetensors' }, /lacks tensor "x"|two shards/],
    ['a shard elsewhere', { a: '../net2/m.safetensors' }, /not the plain name/],
  ])('%s is a FormatError', async (_, map, message) => {
    server.routes.set(`${folder}/model.safetensors.index.json`, index(map));
    server.routes.set(`${folder}/m-1.safetensors`, make('a', 1));
    server.routes.set(`${folder}/m-2.safetensors`, make('a', 2));
    const error = await errorOf(() => load());
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(message);
  });

  test('two shards that define one tensor are refused', async () => {
    server.routes.set(`${folder}/model.safetensors.index.json`, index({ a: 'm-1.safetensors', b: 'm-2.safetensors' }));
    server.routes.set(`${folder}/m-1.safetensors`, make('a', 1));
    const twice = writeSafetensors(
      ['a', 'b'].map((name) => [name, { shape: [1], data: new Float32Array(1) }] as const),
    );
    server.routes.set(`${folder}/m-2.safetensors`, twice);
    expect(((await errorOf(() => load())) as Error).message).toMatch(/"a" is in two shards/);
  });

  test('all together count towards maxBytes', async () => {
    server.routes.set(`${folder}/model.safetensors.index.json`, index({ a: 'm-1.safetensors' }, 2 ** 40));
    expect(((await errorOf(() => load())) as Error).message).toMatch(/1099511627776.*maxBytes/);
    server.routes.set(`${folder}/model.safetensors.index.json`, index({ a: 'm-1.safetensors', b: 'm-2.safetensors' }));
    server.routes.set(`${folder}/m-1.safetensors`, make('a', 1));
    server.routes.set(`${folder}/m-2.safetensors`, make('b', 1));
    expect(((await errorOf(() => load({ maxBytes: 120, cache: 'none' }))) as Error).message).toMatch(/maxBytes/);
  });
});

describe('local files', () => {
  test('a folder, a file, a file: URL, an index, and bytes', async () => {
    const path = join(cacheDir, 'model.safetensors');
    await writeFile(path, make('w', 7));
    await mkdir(join(cacheDir, 'sharded'));
    await writeFile(join(cacheDir, 'sharded', 'model.safetensors.index.json'), '{"weight_map":{"w":"s.safetensors"}}');
    await writeFile(join(cacheDir, 'sharded', 's.safetensors'), make('w', 7));
    const bytes = make('w', 7);
    const exact = bytes.slice().buffer;
    for (const source of [
      cacheDir,
      path,
      new URL(`file://${path}`),
      join(cacheDir, 'sharded'),
      bytes,
      exact,
      new Blob([exact]),
    ]) {
      expect((await fetchCheckpoint(source, { localFilesOnly: true })).get('w')!.toF32()[0]).toBe(7);
    }
    expect(await errorOf(() => fetchCheckpoint(bytes, { sha256: '0'.repeat(64) }))).toBeInstanceOf(IntegrityError);
    expect(await errorOf(() => fetchCheckpoint(new Blob([exact]), { size: 1 }))).toBeInstanceOf(IntegrityError);
    expect(await errorOf(() => fetchCheckpoint(path, { sha256: '0'.repeat(64) }))).toBeInstanceOf(IntegrityError);
    expect(await errorOf(() => fetchCheckpoint(path, { maxBytes: 10 }))).toBeInstanceOf(HubError);
    expect(await errorOf(() => fetchCheckpoint(path, { allowLocal: false }))).toBeInstanceOf(HubError);
  });

  test('a missing path suggests the hub, a folder without weights says what it has', async () => {
    expect(((await errorOf(() => fetchCheckpoint('timm/efficientvit_m0'))) as Error).message).toMatch(
      /"hf:timm\/efficientvit_m0"/,
    );
    await writeFile(join(cacheDir, 'm0.f16.safetensors'), make('w', 7));
    expect(((await errorOf(() => fetchCheckpoint(cacheDir))) as Error).message).toMatch(
      /the folder has m0\.f16\.safetensors/,
    );
  });

  test('other files of a source are read by name', async () => {
    server.routes.set('/org/net/resolve/main/config.json', '{"num_classes":10}');
    const source = await openSource('hf:org/net', base);
    expect(source.locate('config.json')).toBe(`${server.url}/org/net/resolve/main/config.json`);
    expect(new TextDecoder().decode(await source.read('config.json'))).toBe('{"num_classes":10}');
    expect(await errorOf(() => source.read('vocab.txt'))).toBeInstanceOf(HubError);
  });
});
