import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DTypeError, FormatError, HubError, ShapeError } from '@paperzoo/core';
import { parseSafetensors, saveSafetensors, writeSafetensors, type WritableTensor } from '../src/index';
import { errorOf } from './support/safetensors';

const f32 = (...values: number[]): WritableTensor => ({ shape: [values.length], data: Float32Array.from(values) });

describe('writeSafetensors', () => {
  test('writes these very bytes', () => {
    const bytes = writeSafetensors(
      [
        ['b', f32(1)],
        ['a', { shape: [], data: BigInt64Array.from([2n]) }],
      ],
      [['k', 'v']],
    );
    const header =
      '{"__metadata__":{"k":"v"},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(padded.length));
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded.length))).toBe(padded);
    expect([...bytes.subarray(8 + padded.length)]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f]);
  });

  test('equal content gives equal bytes, in whatever order it comes', () => {
    const tensors: [string, WritableTensor][] = [
      ['x', f32(1, 2)],
      ['y', f32(3)],
      ['w', { shape: [2], data: Float64Array.from([1, 2]) }],
    ];
    const meta: [string, string][] = [
      ['b', '1'],
      ['a', '2'],
    ];
    expect(writeSafetensors(tensors, meta)).toEqual(writeSafetensors([...tensors].reverse(), [...meta].reverse()));
  });

  test('whatever is written is read back', () => {
    const tensor = fc.array(fc.float({ noNaN: true }), { maxLength: 7 }).map((values) => f32(...values));
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
          tensor,
        ),
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
        (tensors, metadata) => {
          const bytes = writeSafetensors(Object.entries(tensors), Object.entries(metadata));
          const back = parseSafetensors(bytes);
          expect(Object.fromEntries([...back].map(([name, t]) => [name, [...t.toF32()]]))).toEqual(
            Object.fromEntries(
              Object.entries(tensors).map(([name, t]) => [name, 'data' in t ? [...(t.data as Float32Array)] : []]),
            ),
          );
          expect(Object.fromEntries(back.metadata)).toEqual(metadata);
          expect(writeSafetensors(back, back.metadata)).toEqual(bytes);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  test('every dtype keeps its bytes', () => {
    const bits: Record<string, number> = {
      F4: 4,
      F6_E2M3: 6,
      F6_E3M2: 6,
      F16: 16,
      BF16: 16,
      F32: 32,
      C64: 64,
      F64: 64,
      I64: 64,
    };
    const names = [
      'BOOL',
      'U8',
      'I8',
      'F8_E5M2',
      'F8_E4M3',
      'F8_E8M0',
      'F8_E4M3FNUZ',
      'F8_E5M2FNUZ',
      ...Object.keys(bits),
    ] as const;
    const tensors = names.map((dtype) => {
      const bytes = Uint8Array.from({ length: bits[dtype] ?? 8 }, (_, i) => i * 7);
      return [dtype, { shape: [8], dtype, bytes }] as [string, WritableTensor & { bytes: Uint8Array }];
    });
    const back = parseSafetensors(writeSafetensors(tensors));
    for (const [name, { bytes }] of tensors) expect([name, ...back.get(name)!.bytes]).toEqual([name, ...bytes]);
  });

  test('what does not fit is refused by name', async () => {
    const data = new Float32Array(6);
    const bad = (tensor: WritableTensor) => errorOf(() => writeSafetensors([['w', tensor]]));
    expect(await bad({ shape: [2, 2], data })).toBeInstanceOf(ShapeError);
    expect(await bad({ shape: [-1, -6], data })).toBeInstanceOf(ShapeError);
    expect(await bad({ shape: [1.5, 4], data })).toBeInstanceOf(ShapeError);
    expect(await bad({ shape: [6], dtype: 'F16', data })).toBeInstanceOf(ShapeError);
    expect(await bad({ shape: [6], dtype: 'F99' as 'F32', data })).toBeInstanceOf(DTypeError);
    expect(await bad({ shape: [24], data: new DataView(data.buffer) })).toBeInstanceOf(DTypeError);
    expect(
      await errorOf(() =>
        writeSafetensors([
          ['w', f32(1)],
          ['w', f32(1)],
        ]),
      ),
    ).toBeInstanceOf(FormatError);
    expect(await errorOf(() => writeSafetensors([['__metadata__', f32(1)]]))).toBeInstanceOf(FormatError);
  });
});

describe('saveSafetensors', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'paperzoo-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('replaces a file as a whole and leaves nothing else', async () => {
    const path = join(folder, 'deep', 'model.safetensors');
    await saveSafetensors(path, [['x', f32(1)]]);
    await saveSafetensors(path, [['x', f32(2)]]);
    expect([
      ...parseSafetensors(await readFile(path))
        .get('x')!
        .toF32(),
    ]).toEqual([2]);
    expect(await readdir(join(folder, 'deep'))).toEqual(['model.safetensors']);
  });

  test('a failure is a HubError and leaves no part behind', async () => {
    await mkdir(join(folder, 'taken'));
    await writeFile(join(folder, 'taken', 'file'), '');
    const error = await errorOf(() => saveSafetensors(join(folder, 'taken'), [['x', f32(1)]]));
    expect(error).toBeInstanceOf(HubError);
    expect(await readdir(folder)).toEqual(['taken']);
  });
});
