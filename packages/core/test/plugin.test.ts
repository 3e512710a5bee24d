import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as core from '../src/index';
import { createZoo, defineOp, definePlugin, implement, neg, tensor, type Kernel, type Plugin } from '../src/index';
import { FakeDevice, fakeZoo, kernel } from './fake-device';
import { failure, rejection } from './failure';

const op = defineOp({ name: 'p:flip', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
implement(op, { composite: ([x]) => neg(x) });
const copy = kernel(op, ([x], out) => out.buffer.set(x!.buffer.map((v) => -v)), { id: 'p:flip/fake' });
const base = { name: '@x/p', api: 1, license: 'MIT', paper: { title: 'P' } };
const listing = (...kernels: Kernel<never, never>[]) => ({ fake: () => Promise.resolve({ default: kernels }) });
const good = definePlugin({ ...base, ops: [op], kernels: listing(copy as never) });
const spec = [{ shape: [2], dtype: 'f32' as const }];

describe('plugins', () => {
  test('bring kernels for the zoo’s device only, once', async () => {
    const { zoo, device } = await fakeZoo();
    await zoo.use(good);
    await zoo.use(good);
    expect(zoo.plugins).toEqual([good]);
    expect(zoo.explain(op, spec).chosen).toBe('p:flip/fake');
    expect(device.loaded.filter((id) => id === 'p:flip/fake')).toHaveLength(1);
    const elsewhere = { ...good, name: '@x/q', kernels: { gpu: () => Promise.reject(new Error('not asked for')) } };
    await zoo.use(elsewhere);
    expect(zoo.plugins).toHaveLength(2);
  });

  test('used twice at the same time load once', async () => {
    const { zoo, device } = await fakeZoo();
    await Promise.all([zoo.use(good), zoo.use(good), zoo.use(good)]);
    expect(device.loaded.filter((id) => id === 'p:flip/fake')).toHaveLength(1);
  });

  test.each<[string, Partial<Plugin>]>([
    ['an import that fails', { kernels: { fake: () => Promise.reject(new Error('no such chunk')) } }],
    ['a list that is none', { kernels: { fake: () => Promise.resolve({ default: 3 as never }) } }],
    ['a kernel for another device', { kernels: listing({ ...copy, id: 'p:flip/gpu', device: 'gpu' } as never) }],
    ['an id used twice', { kernels: listing(copy as never, copy as never) }],
    ['an id of the device’s', { kernels: listing({ ...copy, id: 'add/fake' } as never) }],
  ])('with %s leave nothing behind', async (_, part) => {
    const { zoo, device } = await fakeZoo();
    const plugin = { ...good, ...part };
    const error = await rejection(zoo.use(plugin));
    expect(error.code).toBe('plugin');
    expect(zoo.plugins).toEqual([]);
    expect(zoo.explain(op, spec).chosen).toBe('composite');
    expect(device.disposed).toBe(0);
    await zoo.use(good);
    expect(zoo.explain(op, spec).chosen).toBe('p:flip/fake');
  });

  test('cannot replace each other’s kernels, nor be there twice', async () => {
    const { zoo } = await fakeZoo();
    await zoo.use(good);
    const thief = definePlugin({ ...base, name: '@x/thief', kernels: listing(copy as never) });
    const theft = await rejection(zoo.use(thief));
    expect(theft.message).toBe('@x/thief: kernel "p:flip/fake" exists already.');
    const twin = definePlugin({ ...base, ops: [op] });
    expect((await rejection(zoo.use(twin))).message).toContain('two copies');
    const races = await Promise.allSettled([
      zoo.use(definePlugin({ ...base, name: 'a', kernels: listing({ ...copy, id: 'same' } as never) })),
      zoo.use(definePlugin({ ...base, name: 'b', kernels: listing({ ...copy, id: 'same' } as never) })),
    ]);
    expect(races.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('that fail take the zoo’s device with them at creation', async () => {
    const device = new FakeDevice();
    const bad = definePlugin({ ...base, kernels: { fake: () => Promise.reject(new Error('x')) } });
    expect((await rejection(createZoo({ device: () => device, plugins: [bad] }))).code).toBe('plugin');
    expect(device.disposed).toBe(1);
  });

  test('need a name, a licence, a paper and this api', () => {
    expect(failure(() => definePlugin({ ...base, name: '' })).code).toBe('plugin');
    expect(failure(() => definePlugin({ ...base, license: '' })).code).toBe('plugin');
    expect(failure(() => definePlugin({ ...base, paper: { title: '' } })).code).toBe('plugin');
    expect(failure(() => definePlugin({ ...base, api: 2 }))).toMatchObject({ details: { expected: 1, got: 2 } });
    expect(failure(() => definePlugin(undefined as never)).code).toBe('plugin');
    expect(Object.isFrozen(good)).toBe(true);
  });

  test('that are no plugins', async () => {
    const { zoo } = await fakeZoo();
    for (const wrong of [undefined, null, {}, { ...good, core: Symbol('other') }]) {
      expect((await rejection(zoo.use(wrong as never))).code).toBe('plugin');
    }
  });
});

describe('two copies of the core', () => {
  let folder: string;
  let other: typeof core;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'paperzoo-'));
    const outfile = join(folder, 'core.mjs');
    const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url));
    await build({ entryPoints: [entry], bundle: true, format: 'esm', target: 'node20', outfile });
    other = (await import(pathToFileURL(outfile).href)) as typeof core;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('a plugin of one does not load into the other', async () => {
    const { zoo } = await fakeZoo();
    const error = await rejection(zoo.use(other.definePlugin(base)));
    expect(error.code).toBe('plugin');
    expect(error.message).toContain('npm ls @paperzoo/core');
  });

  test('a tensor of one is refused by the other’s ops, wherever it stands', async () => {
    const { zoo } = await fakeZoo();
    const strange = await other.createZoo({ device: () => new FakeDevice([]) as never });
    const [mine, theirs] = [zoo.tensor([1]), strange.tensor([1])];
    for (const call of [
      () => neg(theirs as never),
      () => core.add(mine, theirs as never),
      () => core.add(theirs as never, mine),
    ]) {
      expect(failure(call)).toMatchObject({ code: 'device' });
      expect(failure(call).message).toContain('another copy of @paperzoo/core');
    }
  });
});
