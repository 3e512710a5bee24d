import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DType, type TensorInput, type Zoo } from '../src/index';
import { fakeZoo } from './fake-device';
import { failure } from './failure';

let zoo: Zoo;
beforeAll(async () => ({ zoo } = await fakeZoo()));
afterAll(() => zoo.dispose());

test.each<[TensorInput, DType | undefined, string, number[]]>([
  [3, undefined, 'f32', []],
  [true, undefined, 'bool', []],
  [[[1, 2], [3, 4]], undefined, 'f32', [2, 2]],
  [[], undefined, 'f32', [0]],
  [[[], []], undefined, 'f32', [2, 0]],
  [[true, false], undefined, 'bool', [2]],
  [[1, 0], 'bool', 'bool', [2]],
  [new Int32Array(3), undefined, 'i32', [3]],
  [new Uint32Array(3), undefined, 'u32', [3]],
  [new Uint8Array(3), undefined, 'u8', [3]],
  [new Float64Array(3), undefined, 'f32', [3]],
  [new Float32Array([1, 2]), 'i32', 'i32', [2]],
])('%p as %s is %s %p', (data, dtype, expected, shape) => {
  const x = zoo.tensor(data, dtype ? { dtype } : {});
  expect([x.dtype, x.shape]).toEqual([expected, shape]);
}); // prettier-ignore

test('bytes become a mask of zeros and ones', async () => {
  expect(await zoo.tensor(new Uint8Array([0, 2, 255]), { dtype: 'bool' }).array()).toEqual([0, 1, 1]);
  expect(await zoo.full([2], 7, 'bool').array()).toEqual([1, 1]);
});

const cyclic: unknown[] = [];
cyclic.push(cyclic);

test.each<[string, unknown, object, string]>([
  ['ragged rows', [[1, 2], [3]], {}, 'shape'],
  ['mixed depth', [[1], 2], {}, 'shape'],
  ['strings', ['1'], {}, 'shape'],
  ['null', null, {}, 'shape'],
  ['an object', {}, {}, 'shape'],
  ['an array that holds itself', cyclic, {}, 'shape'],
  ['too few', [1, 2], { shape: [3] }, 'shape'],
  ['a negative size', [1, 2], { shape: [-1, -2] }, 'shape'],
  ['a fraction', [1, 2], { shape: [0.5, 4] }, 'shape'],
  ['a shape that is a number', [1, 2], { shape: 2 }, 'shape'],
  ['an unknown dtype', [1], { dtype: 'f16' }, 'dtype'],
  ['a dtype from the prototype', [1], { dtype: 'constructor' }, 'dtype'],
  ['big integers', new BigInt64Array(1), {}, 'dtype'],
  ['a DataView', new DataView(new ArrayBuffer(8)), {}, 'dtype'],
  ['a fraction in i32', [1.5], { dtype: 'i32' }, 'dtype'],
  ['NaN in i32', [NaN], { dtype: 'i32' }, 'dtype'],
  ['256 in u8', [256], { dtype: 'u8' }, 'dtype'],
  ['-1 in u32', [-1], { dtype: 'u32' }, 'dtype'],
])('tensor refuses %s', (_, data, options, code) => {
  const before = zoo.memory();
  expect(failure(() => zoo.tensor(data as TensorInput, options)).code).toBe(code);
  expect(zoo.memory()).toEqual(before);
}); // prettier-ignore

test.each<[string, () => unknown, string]>([
  ['zeros of 10¹⁸', () => zoo.zeros([1e9, 1e9]), 'device'],
  ['zeros above the limit of a buffer', () => zoo.zeros([2 ** 18 + 1]), 'device'],
  ['zeros of half', () => zoo.zeros([0.5]), 'shape'],
  ['zeros of NaN', () => zoo.zeros([NaN]), 'shape'],
  ['a shape that is no array', () => zoo.zeros(3 as never), 'shape'],
  ['full of an unknown dtype', () => zoo.full([1], 1, 'f64' as never), 'dtype'],
  ['full of a fraction in i32', () => zoo.full([1], 1.5, 'i32'), 'dtype'],
  ['a range without an end', () => zoo.arange(Infinity), 'shape'],
  ['a range of no step', () => zoo.arange(3, { step: 0 }), 'shape'],
  ['a range of 10¹²', () => zoo.arange(1e12), 'device'],
])('%s is refused before anything is allocated', (_, make, code) => {
  const before = zoo.memory();
  expect(failure(make).code).toBe(code);
  expect(zoo.memory()).toEqual(before);
});

test('ranges', async () => {
  expect(await zoo.arange(4).array()).toEqual([0, 1, 2, 3]);
  expect(await zoo.arange(2, { start: 5, step: -2 }).array()).toEqual([5, 3]);
  expect(zoo.arange(-1).shape).toEqual([0]);
  expect(zoo.arange(3, { dtype: 'i32' }).dtype).toBe('i32');
});

test("a tensor's shape is its own", () => {
  const shape = [2, 3];
  const [x, y] = [zoo.zeros(shape), zoo.zeros([6]).reshape(shape)];
  shape.push(7);
  expect([x.shape, y.shape]).toEqual([[2, 3], [2, 3]]); // prettier-ignore
  expect(Object.isFrozen(x.shape)).toBe(true);
});
