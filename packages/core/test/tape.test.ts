import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  add,
  defineOp,
  detach,
  exp,
  implement,
  mul,
  neg,
  reshape,
  sum,
  tensor,
  type Tensor,
  type Zoo,
} from '../src/index';
import { fakeZoo, type FakeDevice } from './fake-device';
import { failure } from './failure';

let zoo: Zoo;
let device: FakeDevice;
beforeEach(async () => ({ zoo, device } = await fakeZoo()));

const cube = (x: Tensor) => mul(x, mul(x, x));

describe('valueAndGrad', () => {
  test('of a polynomial', async () => {
    const x = zoo.tensor([1, 2, -3]);
    const { value, grads } = zoo.valueAndGrad((p) => sum(cube(p.x)), { x });
    expect(await value.item()).toBe(-18);
    expect(await grads.x.array()).toEqual([3, 12, 27]);
  });

  test('frees everything but value and gradients', () => {
    const x = zoo.tensor([1, 2]);
    const { value, grads } = zoo.valueAndGrad((p) => sum(exp(mul(p.x, p.x))), { x });
    expect(zoo.memory().tensors).toBe(3);
    value.dispose();
    grads.x.dispose();
    x.dispose();
    expect(device.live).toBe(0);
  });

  test('broadcast operands get gradients of their own shape', async () => {
    const params = { row: zoo.tensor([1, 2, 3]), column: zoo.tensor([[1], [2]]) };
    const { grads } = zoo.valueAndGrad((p) => sum(mul(p.row, p.column)), params);
    expect(await grads.row.array()).toEqual([3, 3, 3]);
    expect(await grads.column.array()).toEqual([[6], [6]]);
  });

  test('a tensor used twice collects both, a tensor not used gets zeros', async () => {
    const [x, y] = [zoo.tensor([3]), zoo.tensor([5, 6])];
    const { grads } = zoo.valueAndGrad((p) => sum(add(p.x, p.x)), { x, y });
    expect(await grads.x.array()).toEqual([2]);
    expect(await grads.y.array()).toEqual([0, 0]);
  });

  test('gradients that share a value are separate handles', async () => {
    const [a, b] = [zoo.tensor([1, 2]), zoo.tensor([3, 4])];
    const { grads } = zoo.valueAndGrad((p) => sum(add(p.a, p.b)), { a, b });
    grads.a.dispose();
    expect(await grads.b.array()).toEqual([1, 1]);
  });

  test('a gradient that is a value of the tape survives it', async () => {
    const squareish = defineOp({ name: 't:self', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
    implement(squareish, { composite: ([x]) => mul(x, x), vjp: ({ ins: [x] }) => [x] });
    const { grads } = zoo.valueAndGrad((p) => sum(squareish(p.x)), { x: zoo.tensor([4, 5]) });
    expect(await grads.x.array()).toEqual([4, 5]);
  });

  test('composites without a rule are differentiated through, ones with a rule are not', async () => {
    const through = defineOp({ name: 't:through', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
    implement(through, { composite: ([x]) => exp(neg(x)) });
    const ruled = defineOp({ name: 't:ruled', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
    implement(ruled, { composite: ([x]) => exp(neg(x)), vjp: ({ grads: [dy] }) => [mul(dy!, 100)] });
    const x = zoo.tensor([0]);
    const first = zoo.valueAndGrad((p) => sum(through(p.x)), { x }).grads.x;
    expect(await first.array()).toEqual([-1]);
    expect(await zoo.valueAndGrad((p) => sum(ruled(p.x)), { x }).grads.x.array()).toEqual([100]);
  });

  test('second and third derivatives', async () => {
    const x = zoo.tensor([2, 3]);
    const second = zoo.valueAndGrad((p) => sum(zoo.valueAndGrad((q) => sum(cube(q.x)), { x: p.x }).grads.x), { x });
    expect(await second.value.item()).toBe(39);
    expect(await second.grads.x.array()).toEqual([12, 18]);
    const third = zoo.valueAndGrad(
      (o) =>
        sum(
          zoo.valueAndGrad((p) => sum(zoo.valueAndGrad((q) => sum(cube(q.x)), { x: p.x }).grads.x), { x: o.x }).grads.x,
        ),
      { x },
    );
    expect(await third.grads.x.array()).toEqual([6, 6]);
  });

  test('mixed derivatives: the inner watches one, the outer another', async () => {
    const [x, y] = [zoo.tensor([2]), zoo.tensor([5])];
    // d/dy of d/dx x²·y = 2x
    const { grads } = zoo.valueAndGrad(
      (p) => sum(zoo.valueAndGrad((q) => sum(mul(mul(q.x, q.x), p.y)), { x }).grads.x),
      { y },
    );
    expect(await grads.y.array()).toEqual([4]);
  });

  test('scopes inside do not take the tape’s values away, views pass gradients', async () => {
    const x = zoo.tensor([1, 2, 3, 4]);
    const f = (p: { x: Tensor }) => {
      const y = zoo.scope(() => mul(reshape(p.x, { shape: [2, 2] }), 3));
      const z = sum(mul(y, y));
      y.dispose();
      return z;
    };
    const { grads } = zoo.valueAndGrad(f, { x });
    expect(await grads.x.array()).toEqual([18, 36, 54, 72]);
  });

  test('noGrad records nothing', async () => {
    const x = zoo.tensor([2]);
    const { grads } = zoo.valueAndGrad(
      (p) =>
        sum(
          mul(
            p.x,
            zoo.noGrad(() => mul(p.x, p.x)),
          ),
        ),
      { x },
    );
    expect(await grads.x.array()).toEqual([4]);
  });

  test('the value may be a parameter itself', async () => {
    const x = zoo.tensor(3);
    const { value, grads } = zoo.valueAndGrad((p) => p.x, { x });
    expect(await value.item()).toBe(3);
    expect(await grads.x.item()).toBe(1);
    expect(x.isDisposed).toBe(false);
  });

  test('refusals: not a scalar, not f32, no rule; the zoo works on', async () => {
    const x = zoo.tensor([1, 2]);
    const before = zoo.memory();
    expect(failure(() => zoo.valueAndGrad((p) => p.x, { x })).code).toBe('grad');
    const ruleless = defineOp({ name: 't:none', version: 1, inputs: [tensor('x')], shape: () => ({ shape: [], dtype: 'f32' as const }) }); // prettier-ignore
    expect(failure(() => zoo.valueAndGrad((p) => ruleless(p.x), { x })).code).toBe('no-kernel');
    expect(failure(() => zoo.valueAndGrad(() => { throw failure(() => zoo.zeros([-1])); }, { x })).code).toBe('shape'); // prettier-ignore
    expect(zoo.tape).toBeUndefined();
    expect(zoo.memory()).toMatchObject({ tensors: before.tensors, buffers: before.buffers });
    using ints = zoo.tensor([1], { dtype: 'i32' });
    const error = failure(() => zoo.valueAndGrad((p) => sum(p.ints), { ints }));
    expect(error).toMatchObject({ code: 'grad', details: { argument: 'ints', got: 'i32' } });
    expect(await zoo.valueAndGrad((p) => sum(p.x), { x }).grads.x.array()).toEqual([1, 1]);
  });
});

test('detach lets no gradient through and shares memory', async () => {
  const x = zoo.tensor([2, 3]);
  const { value, grads } = zoo.valueAndGrad((p) => sum(mul(p.x, detach(p.x))), { x });
  expect(await value.item()).toBe(13);
  expect(await grads.x.array()).toEqual([2, 3]);
  const { buffers } = zoo.memory();
  detach(x);
  expect(zoo.memory().buffers).toBe(buffers);
});
