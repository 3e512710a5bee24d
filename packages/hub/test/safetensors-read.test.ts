import { describe, expect, test } from '@jest/globals';
import { open, rm, writeFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DTypeError, FormatError } from '@paperzoo/core';
import { parseSafetensors, readSafetensors, writeSafetensors } from '../src/index';
import { entry, errorOf, file } from './support/safetensors';

/** One tensor `x` of raw bytes. */
const one = (dtype: string, bytes: readonly number[], shape = [bytes.length]) =>
  parseSafetensors(file({ x: entry(dtype, shape, 0, bytes.length) }, Uint8Array.from(bytes))).get('x')!;
const u16 = (...values: number[]) => [...new Uint8Array(Uint16Array.from(values).buffer)];

describe('readSafetensors', () => {
  const bytes = writeSafetensors(
    [
      ['weight', { shape: [2, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6]) }],
      ['steps', { shape: [], data: BigInt64Array.from([7n]) }],
      ['empty', { shape: [0, 5], data: new Float32Array(0) }],
    ],
    [['format', 'pt']],
  );

  test('reads tensors, rank 0, zero size and metadata', () => {
    const checkpoint = parseSafetensors(bytes);
    expect([...checkpoint.keys()].sort()).toEqual(['empty', 'steps', 'weight']);
    expect(checkpoint.get('weight')).toMatchObject({ dtype: 'F32', shape: [2, 3], size: 6 });
    expect([...checkpoint.get('weight')!.toF32()]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(checkpoint.get('steps')).toMatchObject({ dtype: 'I64', shape: [], size: 1 });
    expect([...checkpoint.get('steps')!.toI32()]).toEqual([7]);
    expect(checkpoint.get('empty')!.toF32()).toHaveLength(0);
    expect([...checkpoint.metadata]).toEqual([['format', 'pt']]);
  });

  test('an aligned float32 tensor is a view, not a copy', () => {
    const tensor = parseSafetensors(bytes).get('weight')!;
    expect(tensor.toF32().buffer).toBe(bytes.buffer);
  });

  test('reads from every kind of source alike', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'paperzoo-'));
    const path = join(folder, 'x.safetensors');
    await writeFile(path, bytes);
    const handle = await open(path);
    try {
      const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      for (const source of [bytes, exact, new Blob([exact]), handle]) {
        const checkpoint = await readSafetensors(source);
        expect([...checkpoint.get('weight')!.toF32()]).toEqual([1, 2, 3, 4, 5, 6]);
      }
    } finally {
      await handle.close();
      await rm(folder, { recursive: true });
    }
  });

  test.each([0, 1, 2, 3, 5, 8])('reads inside a view at byte offset %i, copying what is unaligned', (offset) => {
    const room = new Uint8Array(bytes.length + offset + 9).fill(0xaa);
    room.set(bytes, offset);
    for (const view of [room, Buffer.from(room.buffer)]) {
      const checkpoint = parseSafetensors(view.subarray(offset, offset + bytes.length));
      expect([...checkpoint.get('weight')!.toF32()]).toEqual([1, 2, 3, 4, 5, 6]);
      expect([...checkpoint.get('steps')!.toI32()]).toEqual([7]);
    }
  });

  test('names such as __proto__ are ordinary', () => {
    const text =
      '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
    const checkpoint = parseSafetensors(file(text, 2));
    expect([...checkpoint.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['dtype']).toBeUndefined();
    expect(Object.getPrototypeOf(checkpoint)).not.toHaveProperty('dtype');
  });

  test('the header may list tensors in any order and end in white space', () => {
    const text = `${JSON.stringify({ b: entry('U8', [1], 1, 2), a: entry('U8', [1], 0, 1) })}   \n`;
    const checkpoint = parseSafetensors(file(text, Uint8Array.from([10, 20])));
    expect([...checkpoint].map(([name, t]) => [name, t.bytes[0]])).toEqual([
      ['a', 10],
      ['b', 20],
    ]);
  });
});

describe('widening', () => {
  test.each<[string, number[], number[]]>([
    [
      'F16',
      u16(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8400, 0x7c00, 0xfc00, 0x0000),
      [1, -2, 65504, 2 ** -24, -(2 ** -14), Infinity, -Infinity, 0],
    ],
    ['BF16', u16(0x3f80, 0xc000, 0x7f80, 0x0001), [1, -2, Infinity, 2 ** -133]],
    ['F8_E4M3', [0x38, 0xb8, 0x7e, 0x01, 0x00], [1, -1, 448, 2 ** -9, 0]],
    ['F8_E5M2', [0x3c, 0x7b, 0x01, 0x7c, 0xfc], [1, 57344, 2 ** -16, Infinity, -Infinity]],
    ['F8_E4M3FNUZ', [0x40, 0x7f, 0x01], [1, 240, 2 ** -10]],
    ['F8_E5M2FNUZ', [0x40, 0x7f, 0x01], [1, 57344, 2 ** -17]],
    ['F8_E8M0', [127, 128, 0], [1, 2, 2 ** -127]],
    ['F64', [...new Uint8Array(Float64Array.from([0.1, 1e300]).buffer)], [Math.fround(0.1), Infinity]],
    ['I64', [...new Uint8Array(BigInt64Array.from([-3n, 2n ** 40n]).buffer)], [-3, 2 ** 40]],
    ['U64', [...new Uint8Array(BigUint64Array.from([2n ** 63n]).buffer)], [2 ** 63]],
    ['I32', [...new Uint8Array(Int32Array.from([-5]).buffer)], [-5]],
    ['U32', [...new Uint8Array(Uint32Array.from([2 ** 31]).buffer)], [2 ** 31]],
    ['I16', u16(0xffff), [-1]],
    ['U16', u16(0xffff), [65535]],
    ['I8', [0xff], [-1]],
    ['U8', [0xff], [255]],
    ['BOOL', [0, 1], [0, 1]],
  ])('%s', (dtype, bytes, values) => {
    const width = bytes.length / values.length;
    expect([...one(dtype, bytes, [bytes.length / width]).toF32()]).toEqual(values);
  });

  test('not-a-number stays one in every float type', () => {
    for (const [dtype, bytes] of [
      ['F16', u16(0x7e01)],
      ['BF16', u16(0x7fc0)],
      ['F8_E4M3', [0x7f]],
      ['F8_E5M2', [0x7d]],
      ['F8_E4M3FNUZ', [0x80]],
      ['F8_E5M2FNUZ', [0x80]],
      ['F8_E8M0', [0xff]],
    ] as const) {
      expect(one(dtype, bytes, [1]).toF32()[0]).toBeNaN();
    }
  });

  test('every half-precision value equals the definition', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const tensor = one('F16', [...new Uint8Array(all.buffer)], [65536]);
    tensor.toF32().forEach((value, code) => {
      const [exponent, mantissa] = [(code >> 10) & 31, code & 1023];
      const size =
        exponent === 31
          ? mantissa
            ? NaN
            : Infinity
          : exponent
            ? (1 + mantissa / 1024) * 2 ** (exponent - 15)
            : mantissa * 2 ** -24;
      if (!Object.is(value, code & 0x8000 ? -size : size)) throw new Error(`code ${code}: ${value} instead of ${size}`);
    });
  });

  test('packed and complex types are handed out as bytes, and refuse to be converted', () => {
    for (const [dtype, bytes, shape] of [
      ['F4', [0x12], [2]],
      ['F6_E2M3', [1, 2, 3], [4]],
      ['C64', [0, 0, 0, 0, 0, 0, 0, 0], [1]],
    ] as const) {
      const tensor = one(dtype, bytes, [...shape]);
      expect([...tensor.bytes]).toEqual([...bytes]);
      expect(() => tensor.toF32()).toThrow(DTypeError);
    }
    expect(() => one('F32', [0, 0, 0, 0], [1]).toI32()).toThrow(DTypeError);
  });

  test('an integer that int32 cannot hold is named', async () => {
    const tensor = one('I64', [...new Uint8Array(BigInt64Array.from([1n, 2n ** 31n]).buffer)], [2]);
    expect(await errorOf(() => tensor.toI32())).toMatchObject({
      name: 'FormatError',
      details: { argument: 'x', where: 'tensor "x", element 1', got: '2147483648' },
    });
    expect(await errorOf(() => tensor.toI32())).toBeInstanceOf(FormatError);
  });
});

test('half precision is widened into memory that the caller lends, when it is long enough', () => {
  for (const dtype of ['F16', 'BF16']) {
    const tensor = one(dtype, [0x00, 0x40, 0x00, 0xc0], [2]);
    const expected = tensor.toF32();
    const lent = new Float32Array(4).fill(7).subarray(1);
    const result = tensor.toF32(lent);
    expect(result).toEqual(expected);
    expect([result.buffer, result.byteOffset]).toEqual([lent.buffer, 4]);
    expect(lent[2]).toBe(7);
    expect(tensor.toF32(new Float32Array(1))).toEqual(expected);
  }
  const spare = new Float32Array(1);
  expect([...one('F32', [0, 0, 128, 63], [1]).toF32(spare)]).toEqual([1]);
  expect(spare[0]).toBe(0);
});
