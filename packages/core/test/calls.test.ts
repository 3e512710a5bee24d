import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  add,
  concat,
  conv2d,
  defineOp,
  eq,
  exp,
  implement,
  linear,
  list,
  mul,
  neg,
  optional,
  relu,
  reshape,
  sum,
  tensor,
  where,
  type Tensor,
  type Zoo,
} from '../src/index';
import { fakeZoo } from './fake-device';
import { failure, rejection } from './failure';

let zoo: Zoo;
beforeAll(async () => ({ zoo } = await fakeZoo()));
afterAll(() => zoo.dispose());

const scaled = defineOp({
  name: 'scaled',
  version: 1,
  inputs: [tensor('x'), optional('by'), optional('plus')],
  shape: ([x]) => x,
});
implement(scaled, {
  composite: ([x, by, plus]) => {
    const y = by ? mul(x, by) : mul(x, 1);
    return plus ? add(y, plus) : y;
  },
});
const both = defineOp({
  name: 'both',
  version: 1,
  inputs: [tensor('x')],
  shape: ([x]) => [x, x] as const,
});
implement(both, { composite: ([x]) => [neg(x), exp(x)] as [Tensor, Tensor] });

describe('calls', () => {
  test('positional tensors, in every spelling of a missing optional one', async () => {
    const x = zoo.tensor([1, 2]);
    const by = zoo.tensor([3, 4]);
    expect(await scaled(x).array()).toEqual([1, 2]);
    expect(await scaled(x, by).array()).toEqual([3, 8]);
    expect(await scaled(x, null, by).array()).toEqual([4, 6]);
    expect(await scaled(x, undefined, by).array()).toEqual([4, 6]);
    expect(await scaled(x, by, x).array()).toEqual([4, 10]);
  });

  test('several outputs come as a tuple', async () => {
    const [minus, power] = both(zoo.tensor([0, 1]));
    expect(await minus.array()).toEqual([-0, -1]);
    expect((await power.data())[1]).toBeCloseTo(Math.E, 5);
  });

  test('numbers beside tensors take their dtype and leave nothing behind', async () => {
    const x = zoo.tensor([1, 2], { dtype: 'i32' });
    const before = zoo.memory();
    const y = add(3, x);
    expect(y.dtype).toBe('i32');
    expect(await y.array()).toEqual([4, 5]);
    y.dispose();
    expect(zoo.memory().tensors).toBe(before.tensors);
    expect(failure(() => add(x, 1.5))).toMatchObject({ code: 'dtype' });
    expect(failure(() => add(x, 2 ** 31)).code).toBe('dtype');
  });

  test('a mask beside numbers does not lend them its type', async () => {
    const mask = zoo.tensor([true, false]);
    const x = zoo.tensor([5, 6]);
    expect(await where(mask, x, 0).array()).toEqual([5, 0]);
    expect(await where(mask, 0, x).array()).toEqual([0, 6]);
    const y = where(mask, 1.5, 0);
    expect([y.dtype, await y.array()]).toEqual(['f32', [1.5, 0]]);
    expect(where(mask, zoo.tensor([1, 2], { dtype: 'i32' }), 0).dtype).toBe('i32');
    expect(await eq(x, 5).array()).toEqual([1, 0]);
  });

  test('numbers are freed when the call fails', () => {
    const x = zoo.tensor([1, 2], { dtype: 'u8' });
    const before = zoo.memory();
    expect(failure(() => add(x as Tensor, 1)).code).toBe('dtype');
    expect(zoo.memory()).toMatchObject({ tensors: before.tensors, buffers: before.buffers, bytes: before.bytes });
  });

  test('methods are the same ops', async () => {
    const x = zoo.tensor([[1, 2], [3, 4]]); // prettier-ignore
    expect(await x.add(1).mul(x).sum(1, true).array()).toEqual([[8], [32]]);
    expect(await x.sum().item()).toBe(10);
    expect(x.reshape([-1]).shape).toEqual([4]);
    expect(x.flatten().shape).toEqual([4]);
    expect(failure(() => x.transpose(0, 2)).details).toMatchObject({ argument: 'dim1' });
  });
});

describe('wrong arguments', () => {
  test('lists', () => {
    const x = zoo.tensor([1]);
    for (const wrong of [[], x, [1], undefined, [x, null]]) {
      const error = failure(() => concat(wrong as never, { dim: 0 }));
      expect(error).toMatchObject({ code: 'shape', details: { op: 'concat', argument: 'tensors' } });
    }
  });

  test('a list op by its own name', () => {
    const joined = defineOp({ name: 'joined', version: 1, inputs: [list('parts')], shape: (xs) => xs[0]! });
    expect(failure(() => joined([])).message).toBe(
      'joined: parts must be a non-empty array of tensors, got an array of 0.',
    );
  });

  test.each<[string, () => unknown, string]>([
    ['nothing', () => relu(undefined as never), 'input'],
    ['a number where only tensors go', () => relu(3 as never), 'input'],
    ['a string', () => add(zoo.tensor([1]), 'x' as never), 'other'],
    ['an array', () => add(zoo.tensor([1]), [1, 2] as never), 'other'],
    ['a typed array', () => add(zoo.tensor([1]), new Float32Array(1) as never), 'other'],
    ['numbers only', () => add(1, 2), 'input'],
    ['too many', () => (add as (...args: unknown[]) => unknown)(zoo.tensor([1]), 1, 2), 'arguments'],
    ['a missing weight', () => conv2d(zoo.zeros([1, 1, 2, 2]), undefined as never), 'weight'],
  ])('%s', (_, call, argument) => {
    expect(failure(call)).toMatchObject({ code: 'shape', details: { argument } });
  });

  test('shape and dtype errors name op, argument, what was expected and what came', () => {
    const error = failure(() => linear(zoo.zeros([2, 3]), zoo.zeros([4, 5])));
    expect(error.message).toBe('linear: input must be [..., 5] as weight [4, 5] asks, got [2, 3].');
    expect(error.details).toMatchObject({ op: 'linear', argument: 'input', got: [2, 3] });
    const bytes = failure(() => exp(zoo.zeros([1], 'u8')));
    expect(bytes).toMatchObject({ code: 'dtype', details: { op: 'exp', argument: 'input', expected: ['f32'], got: 'u8' } }); // prettier-ignore
    expect(bytes.message).toContain('Convert it with `cast`.');
  });

  test('tensors of another zoo, and disposed ones', async () => {
    const other = (await fakeZoo()).zoo;
    const x = zoo.tensor([1]);
    const error = failure(() => add(x, other.tensor([1])));
    expect(error).toMatchObject({ code: 'device', details: { argument: 'other' } });
    expect(error.message).toContain('zoo.copy');
    expect(await (await zoo.copy(other.tensor([7]))).array()).toEqual([7]);
    x.dispose();
    x.dispose();
    expect(x.isDisposed).toBe(true);
    expect(failure(() => neg(x)).code).toBe('disposed');
    expect(failure(() => reshape(x, { shape: [1, 1] })).code).toBe('disposed');
    expect(failure(() => x.dataSync()).code).toBe('disposed');
    expect((await rejection(x.data())).code).toBe('disposed');
    const empty = zoo.zeros([0]);
    empty.dispose();
    expect((await rejection(empty.data())).code).toBe('disposed');
    const kept = other.tensor([1]);
    await other.dispose();
    await other.dispose();
    expect(failure(() => neg(kept)).code).toBe('disposed');
    expect(failure(() => other.zeros([1])).code).toBe('disposed');
    kept.dispose();
  });

  test('an op is implemented once', () => {
    expect(failure(() => implement(scaled, {}))).toMatchObject({ code: 'plugin', details: { op: 'scaled' } });
  });

  test('reading one element of many', async () => {
    expect((await rejection(zoo.zeros([2]).item())).code).toBe('shape');
    expect(String(sum(zoo.zeros([2, 2])))).toBe('Tensor(f32[])');
  });
});

test('attributes that are passed on without being given are none', async () => {
  const [x, attrs] = [zoo.full([2], 3), undefined as { dim: number[] } | undefined];
  expect(await sum(x, attrs as never).array()).toBe(6);
  expect(failure(() => (neg as (...args: unknown[]) => Tensor)(x, undefined, undefined)).code).toBe('shape');
});
