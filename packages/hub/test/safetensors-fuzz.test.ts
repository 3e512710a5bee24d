import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FormatError } from '@paperzoo/core';
import { parseSafetensors, parseShardIndex, readJsonConfig, writeSafetensors } from '../src/index';
import { file } from './support/safetensors';

const GOOD = writeSafetensors(
  [
    ['a.weight', { shape: [3, 2], data: new Float32Array(6).fill(1) }],
    ['b', { shape: [], data: BigInt64Array.from([5n]) }],
    ['c', { shape: [4], dtype: 'F16', data: new Uint16Array(4) }],
    ['z', { shape: [0], data: new Uint8Array(0) }],
  ],
  [['format', 'pt']],
);

/** Parses and, when that works, touches every byte; only a `FormatError` may come out. */
function survive(bytes: Uint8Array): boolean {
  try {
    const checkpoint = parseSafetensors(bytes, { file: 'fuzz' });
    let covered = 0;
    for (const tensor of checkpoint.values()) {
      covered += tensor.bytes.length;
      expect(tensor.bytes.buffer).toBe(bytes.buffer);
      if (/^(?:F32|F16|I64|U8)$/.test(tensor.dtype)) expect(tensor.toF32()).toHaveLength(tensor.size);
    }
    expect(covered).toBeLessThanOrEqual(bytes.length);
    return true;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(error.details.file).toBe('fuzz');
    return false;
  }
}

const mutation = fc.record({
  at: fc.nat(GOOD.length - 1),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(...[...'{}[]",:0123456789eE.-\\u'].map((c) => c.charCodeAt(0)))),
  kind: fc.constantFrom('set', 'insert', 'delete', 'truncate', 'repeat'),
});

function mutate(bytes: Uint8Array, { at, byte, kind }: { at: number; byte: number; kind: string }): Uint8Array {
  const list = [...bytes];
  const i = Math.min(at, list.length);
  if (kind === 'set') list[Math.min(at, list.length - 1)] = byte;
  else if (kind === 'insert') list.splice(i, 0, byte);
  else if (kind === 'delete') list.splice(i, 1);
  else if (kind === 'truncate') list.length = i;
  else list.splice(i, 0, ...list.slice(i, i + (byte % 32)));
  return Uint8Array.from(list);
}

describe('mutated files', () => {
  test('bytes changed, inserted, deleted, repeated: read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
        survive(mutations.reduce((bytes, m) => (bytes.length ? mutate(bytes, m) : bytes), GOOD));
      }),
      { numRuns: 4000, seed: 1 },
    );
  });

  test('the header changed while its length stays true', () => {
    const length = Number(new DataView(GOOD.buffer).getBigUint64(0, true));
    const header = new TextDecoder().decode(GOOD.subarray(8, 8 + length)).trimEnd();
    const data = GOOD.slice(8 + length);
    const token = fc.constantFrom(
      '0',
      '1',
      '-1',
      '8',
      '1e9',
      '9007199254740993',
      '""',
      '"F64"',
      '"a.weight"',
      'null',
      'true',
      '{}',
      '[]',
      '[1]',
      ',',
      ':',
      '}',
      '{',
      '[',
      ']',
      '"',
    );
    fc.assert(
      fc.property(fc.nat(header.length), fc.nat(12), token, (at, length, insert) => {
        survive(file(header.slice(0, at) + insert + header.slice(at + length), data));
      }),
      { numRuns: 4000, seed: 2 },
    );
  });

  test('every truncation is refused', () => {
    for (let length = 0; length < GOOD.length; length++) {
      expect(survive(GOOD.slice(0, length))).toBe(false);
    }
    expect(survive(GOOD)).toBe(true);
  });

  test('random numbers in a well-formed header', () => {
    const number = fc.oneof(fc.nat(12), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 40, 2 ** 53 - 1));
    const tensor = fc.record({
      dtype: fc.constantFrom('F32', 'U8', 'F16', 'I64', 'F4', 'BOOL'),
      shape: fc.array(number, { maxLength: 4 }),
      data_offsets: fc.tuple(number, number),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 4 }), tensor, { maxKeys: 4 }), fc.nat(24), (header, data) => {
        survive(file(header, data));
      }),
      { numRuns: 4000, seed: 3 },
    );
  });

  test('a header of several megabytes that says nothing good is refused without building it', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const hostile of [
      `{"a":{"dtype":"U8","shape":[${'1,'.repeat(2e6)}1],"data_offsets":[0,1]}}`,
      `{"a":{"dtype":"U8","shape":[${'9'.repeat(4e6)}],"data_offsets":[0,1]}}`,
      `{"${'\\u0061'.repeat(6e5)}":1}`,
      `{${'"a":{},'.repeat(5e5)}`,
      `{"a":${'{"a":'.repeat(6e5)}`,
      '{"'.padEnd(4e6, ' '),
      '{'.padEnd(4e6, ' '),
    ]) {
      expect(survive(file(hostile, 1))).toBe(false);
    }
    // The inputs themselves may still be alive; what the reader adds must stay of their order.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6);
  });
});

describe('random JSON', () => {
  test('the index and config readers read or refuse', () => {
    const text = fc.oneof(fc.json({ maxDepth: 5 }), fc.string({ maxLength: 60 }));
    fc.assert(
      fc.property(text, (json) => {
        for (const read of [parseShardIndex, readJsonConfig]) {
          try {
            read(json);
          } catch (error) {
            if (!(error instanceof FormatError)) throw error;
          }
        }
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  test('objects are read as JSON.parse reads them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(readJsonConfig(text).raw)).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 1000, seed: 5 },
    );
  });
});
