import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { FormatError } from '@paperzoo/core';
import { parseShardIndex, readJsonConfig, sha256Hex } from '../src/index';
import { Sha256 } from '../src/hub/sha256';
import { errorOf } from './support/safetensors';

describe('parseShardIndex', () => {
  const index = (map: unknown, metadata: unknown = { total_size: 12 }) => JSON.stringify({ metadata, weight_map: map });

  test('groups tensors by shard', () => {
    const { shards, totalSize } = parseShardIndex(
      index({ a: 'm-1.safetensors', b: 'm-2.safetensors', c: 'm-1.safetensors' }),
    );
    expect([...shards].map(([name, tensors]) => [name, [...tensors]])).toEqual([
      ['m-1.safetensors', ['a', 'c']],
      ['m-2.safetensors', ['b']],
    ]);
    expect(totalSize).toBe(12);
  });

  test.each([
    '../x.safetensors',
    'a/x.safetensors',
    'a\\x.safetensors',
    'https://evil.example/x.safetensors',
    '/etc/x.safetensors',
    'C:x.safetensors',
    '..',
    '.',
    '',
    '.hidden.safetensors',
    'x.safetensors?y',
    'x%2f..safetensors',
    'x.safetensors#y',
    'x\u0000.safetensors',
    'x.bin',
    `${'x'.repeat(300)}.safetensors`,
  ])('refuses the shard name %j', async (name) => {
    const error = await errorOf(() => parseShardIndex(index({ w: name }), 'i.json'));
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(/i\.json: tensor "w" is in .* not the plain name/);
  });

  test.each([
    ['not JSON', '<html>'],
    ['an array', '[]'],
    ['no weight_map', '{"metadata":{}}'],
    ['a map of numbers', index({ a: 1 })],
    ['a map that is an array', index(['a'])],
    ['a duplicate tensor', '{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}'],
    ['deep nesting', `{"metadata":${'['.repeat(1000)}`],
  ])('refuses %s', async (_, text) => {
    expect(await errorOf(() => parseShardIndex(text))).toBeInstanceOf(FormatError);
  });

  test('a total size that is no size is ignored', () => {
    for (const total_size of ['12', -1, 1.5, null, {}])
      expect(parseShardIndex(index({}, { total_size })).totalSize).toBeUndefined();
  });
});

describe('readJsonConfig', () => {
  const fields = {
    num_classes: { kind: 'integer', min: 1, max: 100_000, default: 1000 },
    architecture: { kind: 'string', oneOf: ['efficientvit_m0', 'efficientvit_m1'] },
    drop: { kind: 'number', min: 0, max: 1, default: 0 },
    mean: { kind: 'numbers', min: 0, max: 1, maxLength: 3, default: [0, 0, 0] },
    features: { kind: 'boolean', default: false },
  } as const;
  const read = (value: unknown) =>
    readJsonConfig(typeof value === 'string' ? value : JSON.stringify(value), { file: 'c.json', fields });

  test('returns checked fields, defaults and the rest', () => {
    const { raw, fields: got } = read({ architecture: 'efficientvit_m0', drop: 0.5, extra: [1] });
    expect({ ...got }).toEqual({
      num_classes: 1000,
      architecture: 'efficientvit_m0',
      drop: 0.5,
      mean: [0, 0, 0],
      features: false,
    });
    const classes: number = got.num_classes;
    expect(classes).toBe(1000);
    expect(raw['extra']).toEqual([1]);
  });

  test.each([
    ['a string for a number', { num_classes: '10' }, 'num_classes'],
    ['a huge count', { num_classes: 1e12 }, 'num_classes'],
    ['a fraction', { num_classes: 1.5 }, 'num_classes'],
    ['an unknown name', { architecture: 'resnet50' }, 'architecture'],
    ['a long list', { mean: [0, 0, 0, 0] }, 'mean'],
    ['a list out of range', { mean: [2] }, 'mean'],
    ['null', { features: null }, 'features'],
  ])('refuses %s', async (_, value, field) => {
    const error = await errorOf(() => read({ architecture: 'efficientvit_m0', ...value }));
    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({ details: { file: 'c.json', where: field } });
  });

  test('a missing field without default is named', async () => {
    expect(((await errorOf(() => read({}))) as Error).message).toMatch(
      /"architecture" must be one of efficientvit_m0.*got nothing/,
    );
  });

  test('hostile keys pollute nothing', () => {
    const { raw } = readJsonConfig('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(Object.getPrototypeOf(raw)).toBeNull();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(raw)).toEqual(['__proto__', 'constructor']);
    // A prototype's own fields do not count as given either.
    expect(() => readJsonConfig('{}', { fields: { toString: { kind: 'string' } } })).toThrow(FormatError);
  });

  test.each([
    ['an array', '[]'],
    ['a string', '"x"'],
    ['null', 'null'],
    ['nothing', ''],
    ['text after it', '{} x'],
    ['NaN', '{"a":NaN}'],
    ['a trailing comma', '{"a":1,}'],
    ['duplicate keys', '{"a":1,"a":2}'],
    ['deep nesting', `{"a":${'['.repeat(1e5)}`],
    ['more bytes than allowed', `{"a":"${'x'.repeat(2 ** 24)}"}`],
  ])('refuses %s', async (_, text) => {
    expect(await errorOf(() => readJsonConfig(text))).toBeInstanceOf(FormatError);
  });

  test('bytes that are not UTF-8 are refused', async () => {
    expect(await errorOf(() => readJsonConfig(Uint8Array.from([0x7b, 0xff, 0x7d])))).toBeInstanceOf(FormatError);
  });
});

describe('SHA-256', () => {
  const reference = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  test('our own equals the reference for every length around a block, in any pieces', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
      expect(new Sha256().update(bytes).hex()).toBe(reference(bytes));
    }
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 8 }), (pieces) => {
        const hash = new Sha256();
        pieces.forEach((piece) => hash.update(piece));
        expect(hash.hex()).toBe(reference(Buffer.concat(pieces)));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('sha256Hex', async () => {
    expect(await sha256Hex(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
