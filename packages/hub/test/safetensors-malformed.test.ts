import { describe, expect, test } from '@jest/globals';
import { FormatError } from '@paperzoo/core';
import { parseSafetensors, readSafetensors } from '../src/index';
import { entry, errorOf, file } from './support/safetensors';

const text = (s: string) => new TextEncoder().encode(s);
const u8 = (shape: unknown, begin: unknown, end: unknown) => entry('U8', shape, begin, end);
const big = 2 ** 53;

/** What is wrong, the bytes, and what the message must say. */
const CORPUS: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['empty file', new Uint8Array(0), /0 bytes, and 8 are needed/],
  ['seven bytes', new Uint8Array(7), /7 bytes, and 8 are needed/],
  ['header length 0', file('', 0), /header of 0 bytes/],
  ['header length beyond the file', file('{}', 0, 3), /header of 3 bytes, but the file has 10/],
  ['header length above 100 MB', file('{}', 0, 100_000_001), /limit is 100000000/],
  ['header length 2^53', file('{}', 0, 2n ** 53n), /claims a header of 9007199254740992/],
  ['header length 2^64 - 1', file('{}', 0, 2n ** 64n - 1n), /claims a header/],
  [
    'not UTF-8',
    (() => {
      const f = file('{"a":1}');
      f[10] = 0xff;
      return f;
    })(),
    /not UTF-8/,
  ],
  ['a byte order mark', file('\ufeff{}'), /expected "\{"/],
  ['leading white space', file(' {}'), /expected "\{"/],
  ['not JSON', file('{oops}'), /expected a string in the header at byte 9/],
  ['an array', file('[]'), /expected "\{"/],
  ['a number', file('12'), /expected "\{"/],
  ['text after the object', file('{}{}'), /text after the end/],
  ['an unclosed object', file('{"a":{"dtype":"U8"'), /expected "\}"/],
  ['an unclosed string', file('{"a'), /string has no end/],
  ['a bad escape', file('{"\\q":1}'), /bad escape/],
  ['half a surrogate pair', file('{"\\ud800":1}'), /surrogate/],
  ['a raw control character', file('{"a\u0001":1}'), /control character/],
  ['deep nesting', file(`{"a":${'['.repeat(100_000)}`), /expected "\{"/],
  [
    'a duplicate tensor',
    file(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      1,
    ),
    /duplicate key "a"/,
  ],
  [
    'a duplicate tensor behind an escape',
    file(
      '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
    ),
    /duplicate key "a"/,
  ],
  [
    'a duplicate field',
    file('{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
    /duplicate key "dtype"/,
  ],
  ['duplicate metadata', file('{"__metadata__":{"k":"1","k":"2"}}'), /duplicate key "k"/],
  ['two metadata objects', file('{"__metadata__":{},"__metadata__":{}}'), /duplicate key "__metadata__"/],
  ['metadata that is not an object', file({ __metadata__: 'pt' }), /expected "\{"/],
  ['metadata with a number', file({ __metadata__: { n: 1 } }), /metadata "n" is not a proper string/],
  ['metadata with an object', file({ __metadata__: { n: {} } }), /metadata "n" is not a proper string/],
  ['an entry that is a string', file({ a: 'F32' }), /expected "\{"/],
  ['an entry without dtype', file({ a: { shape: [1], data_offsets: [0, 1] } }, 1), /tensor "a" needs dtype/],
  ['an entry without shape', file({ a: { dtype: 'U8', data_offsets: [0, 1] } }, 1), /tensor "a" needs/],
  ['an entry without offsets', file({ a: { dtype: 'U8', shape: [1] } }, 1), /tensor "a" needs/],
  ['an unknown field', file({ a: { ...u8([1], 0, 1), strides: [1] } }, 1), /unknown field "strides"/],
  ['an unknown dtype', file({ a: entry('F128', [1], 0, 16) }, 16), /unknown dtype "F128"/],
  ['a dtype in lower case', file({ a: entry('f32', [1], 0, 4) }, 4), /unknown dtype "f32"/],
  ['a dtype named __proto__', file({ a: entry('__proto__', [1], 0, 4) }, 4), /unknown dtype/],
  ['a dtype that is a number', file({ a: { ...u8([1], 0, 1), dtype: 1 } }, 1), /expected a string/],
  ['a negative axis', file({ a: u8([-1], 0, 1) }, 1), /non-negative integer/],
  ['a fractional axis', file({ a: u8([1.5], 0, 1) }, 1), /non-negative integer/],
  ['an axis with exponent', file('{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}', 1), /non-negative integer/],
  ['an axis with leading zero', file('{"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}', 1), /expected "\]"/],
  ['an axis of 2^53', file({ a: u8([big], 0, 1) }, 1), /below 2\^53/],
  ['an axis of 1e400', file('{"a":{"dtype":"U8","shape":[1e400],"data_offsets":[0,1]}}', 1), /out of range/],
  ['an axis that is a string', file({ a: u8(['1'], 0, 1) }, 1), /expected a number/],
  ['an axis that is null', file({ a: u8([null], 0, 1) }, 1), /expected a number/],
  ['a shape that is a number', file({ a: u8(1, 0, 1) }, 1), /expected "\["/],
  ['33 axes', file({ a: u8(Array(33).fill(1), 0, 1) }, 1), /more than 32 numbers/],
  ['an element count that overflows', file({ a: u8([2 ** 40, 2 ** 40], 0, 1) }, 1), /element count overflows/],
  ['an overflow hidden by a zero axis', file({ a: u8([2 ** 40, 2 ** 40, 0], 0, 0) }), /element count overflows/],
  ['a byte count that overflows', file({ a: entry('F64', [2 ** 51], 0, 8) }, 8), /byte count overflows/],
  ['bits that do not fill bytes', file({ a: entry('F4', [3], 0, 2) }, 2), /do not fill whole bytes/],
  ['one offset', file({ a: { dtype: 'U8', shape: [1], data_offsets: [0] } }, 1), /data_offsets with two numbers/],
  ['three offsets', file({ a: { dtype: 'U8', shape: [1], data_offsets: [0, 1, 1] } }, 1), /more than 2 numbers/],
  ['a negative offset', file({ a: u8([1], -1, 0) }, 1), /non-negative integer/],
  ['an offset of 2^63', file({ a: u8([1], 0, 2 ** 63) }, 1), /below 2\^53/],
  ['end before begin', file({ a: u8([1], 1, 0) }, 1), /ends before it begins/],
  ['a range past the end', file({ a: u8([4], 0, 4) }, 3), /truncated/],
  ['size below shape × dtype', file({ a: entry('F32', [2], 0, 4) }, 4), /needs 8 bytes, the range has 4/],
  ['size above shape × dtype', file({ a: entry('F32', [], 0, 8) }, 8), /needs 4 bytes, the range has 8/],
  ['overlapping tensors', file({ a: u8([2], 0, 2), b: u8([2], 1, 3) }, 3), /tensor "b", bytes \d+-\d+ overlaps/],
  ['aliased tensors', file({ a: u8([2], 0, 2), b: u8([2], 0, 2) }, 2), /overlaps/],
  ['a hole between tensors', file({ a: u8([1], 0, 1), b: u8([1], 2, 3) }, 3), /leaves a hole/],
  ['a hole at the beginning', file({ a: u8([1], 1, 2) }, 2), /leaves a hole/],
  ['trailing bytes', file({ a: u8([1], 0, 1) }, 5), /belong to no tensor/],
  ['data without tensors', file({}, 5), /belong to no tensor/],
  ['an HTML page', text('<!DOCTYPE html><html><head><title>Sign in</title></head></html>'), /HTML page/],
  ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n'), /git lfs pull/],
  ['a PyTorch archive', text('PK\u0003\u0004archive/data.pkl................'), /PyTorch/],
  ['JSON text', text('{"error":"Repository not found"}'), /JSON text/],
];

describe('malformed safetensors', () => {
  test.each(CORPUS)('%s', async (_, bytes, message) => {
    const error = await errorOf(() => parseSafetensors(bytes, { file: 'bad.safetensors' }));
    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({ code: 'format', details: { file: 'bad.safetensors' } });
    expect((error as FormatError).message).toMatch(message);
    expect((error as FormatError).message).toContain('bad.safetensors');
    expect((error as FormatError).message.length).toBeLessThan(1000);
    // Random access goes through other code before the header is parsed; it must say the same.
    const other = await errorOf(() =>
      readSafetensors(new Blob([bytes as Uint8Array<ArrayBuffer>]), { file: 'bad.safetensors' }),
    );
    expect((other as Error).message).toBe((error as Error).message);
  });

  test('the error says which tensor and which bytes', async () => {
    const bytes = file({ 'layer.0/w': entry('F32', [2], 0, 4) }, 4);
    const start = bytes.length - 4;
    expect(await errorOf(() => parseSafetensors(bytes, { file: 'm.safetensors' }))).toMatchObject({
      details: {
        file: 'm.safetensors',
        argument: 'layer.0/w',
        where: `tensor "layer.0/w", bytes ${start}-${start + 4}`,
        expected: 8,
        got: 4,
      },
    });
  });

  test('a megabyte-long name does not make a megabyte-long message', async () => {
    const error = await errorOf(() => parseSafetensors(file({ ['n'.repeat(1e6)]: entry('F9', [1], 0, 1) }, 1)));
    expect((error as Error).message.length).toBeLessThan(500);
  });

  test('nothing beyond the header is read before the header is found good', async () => {
    const reads: [number, number][] = [];
    const bytes = file({ a: entry('F32', [1], 0, 800) }, 800);
    const source = {
      size: bytes.length,
      slice(start: number, end: number) {
        reads.push([start, end]);
        return { arrayBuffer: async () => bytes.slice(start, end).buffer };
      },
    };
    await errorOf(() => readSafetensors(source));
    expect(Math.max(...reads.map(([, end]) => end))).toBeLessThanOrEqual(bytes.length - 700);
  });

  test('a claim of terabytes costs nothing', async () => {
    const reads: number[] = [];
    const header = file({ a: entry('F32', [2 ** 40], 0, 2 ** 42) });
    const source = {
      size: header.length + 2 ** 42,
      slice(start: number, end: number) {
        reads.push(end - start);
        return { arrayBuffer: async () => header.slice(start, end).buffer };
      },
    };
    const error = await errorOf(() => readSafetensors(source, { file: 'huge' }));
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toMatch(/more than maxBytes/);
    expect(reads).toEqual([]);
  });

  test('a source that shrinks while it is read is noticed', async () => {
    const bytes = file({ a: entry('U8', [8], 0, 8) }, 8);
    const source = {
      size: bytes.length,
      slice: (a: number, b: number) => ({
        arrayBuffer: async () => bytes.slice(a, Math.min(b, bytes.length - 3)).buffer,
      }),
    };
    expect(((await errorOf(() => readSafetensors(source))) as Error).message).toMatch(/became shorter/);
  });

  test('an aborted read says so', async () => {
    const error = await errorOf(() =>
      readSafetensors(new Blob([file({})] as BlobPart[]), { signal: AbortSignal.abort() }),
    );
    expect(error).toMatchObject({ name: 'AbortError', code: 'abort' });
  });
});
