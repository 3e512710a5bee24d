import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { add, exp, mul, neg, reshape, type Tensor, type Zoo } from '../src/index';
import { fakeZoo, type FakeDevice } from './fake-device';
import { failure } from './failure';

let zoo: Zoo;
let device: FakeDevice;
beforeEach(async () => ({ zoo, device } = await fakeZoo()));
const counts = () => {
  const { tensors, buffers, bytes } = zoo.memory();
  return { tensors, buffers, bytes };
};

describe('memory', () => {
  test('is counted exactly, and views share', () => {
    const x = zoo.zeros([2, 3]);
    expect(counts()).toEqual({ tensors: 1, buffers: 1, bytes: 24 });
    const view = reshape(x, { shape: [6] });
    expect(counts()).toEqual({ tensors: 2, buffers: 1, bytes: 24 });
    x.dispose();
    expect(counts()).toEqual({ tensors: 1, buffers: 1, bytes: 24 });
    expect(device.live).toBe(1);
    view.dispose();
    view.dispose();
    expect(counts()).toEqual({ tensors: 0, buffers: 0, bytes: 0 });
    expect(device.live).toBe(0);
  });

  test('a view outlives what it was made of', async () => {
    const x = zoo.tensor([1, 2]);
    const view = x.reshape([2, 1]);
    x.dispose();
    expect(await view.array()).toEqual([[1], [2]]);
  });

  test('peaks are kept until they are reset', () => {
    const x = zoo.zeros([100]);
    x.dispose();
    expect(zoo.memory().peakBytes).toBe(400);
    zoo.resetPeak();
    expect(zoo.memory().peakBytes).toBe(0);
    zoo.zeros([10], 'u8');
    expect(zoo.memory()).toMatchObject({ bytes: 10, peakBytes: 10, packedBytes: 0, reservedBytes: 10 });
  });

  test('using frees at the end of a block', () => {
    {
      using x = zoo.zeros([4]);
      expect(x.isDisposed).toBe(false);
    }
    expect(counts().tensors).toBe(0);
  });

  test('a thousand steps leave the figures where they were', () => {
    const w = zoo.ones([8]);
    const before = counts();
    for (let i = 0; i < 1000; i++) zoo.scope(() => void exp(mul(add(w, i), w)));
    expect(counts()).toEqual(before);
    expect(device.live).toBe(1);
  });

  test('weights may keep packed copies, others may not', () => {
    const x = zoo.zeros([1]);
    expect(x.packed).toBeUndefined();
    const w = zoo.zeros([1]).persist();
    expect(w.persistent).toBe(true);
    w.packed!.set('panel', 1);
    expect(w.reshape([1, 1]).packed!.get('panel')).toBe(1);
  });
});

describe('scopes', () => {
  test('keep what they return, in arrays, objects and maps, and free the rest', () => {
    const kept = zoo.scope(() => {
      const x = zoo.zeros([1]);
      const shared = { x };
      return { list: [neg(x), [exp(x)]], map: new Map([['x', x]]), shared, again: shared, other: 'text', none: null };
    });
    expect(counts().tensors).toBe(3);
    expect(kept.map.get('x')!.isDisposed).toBe(false);
  });

  test('nest: an inner result belongs to the outer scope', () => {
    let inner: Tensor | undefined;
    const outer = zoo.scope(() => {
      inner = zoo.scope(() => add(zoo.zeros([1]), 1));
      expect(inner.isDisposed).toBe(false);
      return neg(inner);
    });
    expect(inner!.isDisposed).toBe(true);
    expect(outer.isDisposed).toBe(false);
    expect(counts().tensors).toBe(1);
  });

  test('leave tensors from outside alone, also when they are returned', () => {
    const x = zoo.zeros([1]);
    expect(zoo.scope(() => x)).toBe(x);
    expect(x.isDisposed).toBe(false);
    zoo.scope(() => x.dispose());
    expect(counts().tensors).toBe(0);
  });

  test('free everything when the function throws', () => {
    const error = new Error('mine');
    expect(() =>
      zoo.scope(() => {
        zoo.scope(() => zoo.zeros([5]));
        zoo.zeros([3]);
        throw error;
      }),
    ).toThrow(error);
    expect(counts().tensors).toBe(0);
    zoo.scope(() => zoo.zeros([1])).dispose();
    expect(counts().tensors).toBe(0);
  });

  test('refuse promises, free what was made, and swallow the rejection that nobody waits for', async () => {
    const error = failure(() =>
      zoo.scope(async () => {
        zoo.zeros([3]);
        await Promise.resolve();
        throw new Error('later');
      }),
    );
    expect(error.message).toContain('synchronous');
    expect(counts().tensors).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('keep a view and free its source', async () => {
    const view = zoo.scope(() => zoo.tensor([1, 2]).reshape([2, 1]));
    expect(counts()).toEqual({ tensors: 1, buffers: 1, bytes: 8 });
    expect(await view.array()).toEqual([[1], [2]]);
  });

  test('do not look into foreign objects or loop on cycles', () => {
    const ring: { self?: unknown; x?: Tensor } = {};
    zoo.scope(() => {
      ring.self = ring;
      ring.x = zoo.zeros([1]);
      return ring;
    });
    expect(ring.x!.isDisposed).toBe(false);
    class Holder {
      constructor(readonly x: Tensor) {}
    }
    expect(zoo.scope(() => new Holder(zoo.zeros([1]))).x.isDisposed).toBe(true);
  });
});

test('a forgotten tensor is freed by the garbage collector, a disposed one only once', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const forget = () => {
    for (let i = 0; i < 50; i++) zoo.zeros([16]);
    zoo.zeros([2]).dispose();
    zoo.scope(() => neg(zoo.zeros([4])));
  };
  forget();
  expect(counts().tensors).toBe(51);
  for (let i = 0; i < 100 && counts().tensors > 0; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(counts()).toEqual({ tensors: 0, buffers: 0, bytes: 0 });
  expect(device.live).toBe(0);
});

test('after dispose the zoo gives nothing back to the device', async () => {
  const x = zoo.zeros([1]);
  await zoo.dispose();
  const live = device.live;
  x.dispose();
  expect(device.live).toBe(live);
  expect(device.disposed).toBe(1);
});
