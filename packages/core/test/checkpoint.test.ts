import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkpoint, exp, mul, sum, type Tensor, type Zoo } from '../src/index';
import { fakeZoo, type FakeDevice } from './fake-device';

let zoo: Zoo;
let device: FakeDevice;
beforeEach(async () => ({ zoo, device } = await fakeZoo()));

const body = (x: Tensor, y: Tensor) => exp(mul(mul(x, y), 0.5));

describe('checkpoint', () => {
  test('gives the gradients that the function itself has', async () => {
    const params = { x: zoo.tensor([0.5, -1, 2]), y: zoo.tensor([1, 3, -0.25]) };
    const plain = zoo.valueAndGrad(({ x, y }) => sum(mul(body(x, y), x)), params);
    const saved = zoo.valueAndGrad(({ x, y }) => sum(mul(checkpoint(body, x, y), x)), params);
    expect(await saved.value.item()).toBe(await plain.value.item());
    expect(await saved.grads.x.array()).toEqual(await plain.grads.x.array());
    expect(await saved.grads.y.array()).toEqual(await plain.grads.y.array());
  });

  test('runs the function once more for the gradient, and once without one', () => {
    let runs = 0;
    const counted = (x: Tensor) => (runs++, mul(x, x));
    const x = zoo.tensor([1, 2]);
    checkpoint(counted, x);
    expect(runs).toBe(1);
    zoo.valueAndGrad((p) => sum(checkpoint(counted, p.x)), { x });
    expect(runs).toBe(3);
  });

  test('second derivatives pass through', async () => {
    const x = zoo.tensor([2]);
    const slope = (p: { x: Tensor }) =>
      zoo.valueAndGrad((q) => sum(checkpoint((t) => mul(t, mul(t, t)), q.x)), p).grads.x;
    const { value, grads } = zoo.valueAndGrad((p) => sum(slope(p)), { x });
    expect(await value.item()).toBe(12);
    expect(await grads.x.array()).toEqual([12]);
  });

  test('frees what it made', () => {
    const x = zoo.tensor([1, 2]);
    const { value, grads } = zoo.valueAndGrad((p) => sum(checkpoint((t) => exp(t), p.x)), { x });
    for (const t of [value, grads.x, x]) t.dispose();
    expect(device.live).toBe(0);
  });
});
