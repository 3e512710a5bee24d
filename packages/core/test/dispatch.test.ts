import { describe, expect, test } from '@jest/globals';
import {
  add,
  attr,
  createZoo,
  defineOp,
  exp,
  implement,
  mul,
  neg,
  softmax,
  tensor,
  type LogEvent,
  type Spec,
  type Zoo,
} from '../src/index';
import { FakeDevice, fakeKernels, fakeZoo, kernel } from './fake-device';
import { failure, rejection } from './failure';

const double = defineOp({
  name: 'test:double',
  version: 1,
  inputs: [tensor('x', 'f32', 'i32')],
  attrs: { step: attr.ints([1]) },
  shape: ([x]) => x,
});
implement(double, { composite: ([x]) => add(x, x) });
const bare = defineOp({ name: 'test:bare', version: 1, inputs: [tensor('x')], shape: ([x]) => x });

const even = kernel(double, ([x], out) => out.buffer.set(x!.buffer.map((v) => 2 * v)), {
  id: 'test:double/even',
  priority: 10,
  dtypes: ['f32'],
  supports: ([x], attrs: { step: readonly number[] }) =>
    (x!.shape[0]! % 2 === 0 && attrs.step.length === 1) || `needs an even axis, got ${x!.shape[0]}`,
});
const fast = kernel(double, ([x], out) => out.buffer.set(x!.buffer.map((v) => 2 * v)), {
  id: 'test:double/fast',
  priority: 20,
  direction: 'inference',
  supports: ([x]) => x!.shape[0]! > 4 || 'needs more than 4 rows',
});

async function zooWith(extra = [even, fast], options: { strict?: boolean; log?: (e: LogEvent) => void } = {}) {
  const device = new FakeDevice([...fakeKernels, ...extra]);
  return { device, zoo: await createZoo({ device: () => device, log: () => undefined, ...options }) };
}
const rows = (n: number, dtype: Spec['dtype'] = 'f32'): Spec => ({ shape: [n], dtype });

describe('kernel selection', () => {
  test('priority decides among those that fit, and every other one has a reason', async () => {
    const { zoo } = await zooWith();
    expect(zoo.explain(double, [rows(6)])).toEqual({
      op: 'test:double',
      chosen: 'test:double/fast',
      rejected: [{ kernel: 'test:double/even', because: 'a kernel of higher priority fits' }],
    });
    expect(zoo.explain(double, [rows(4)]).chosen).toBe('test:double/even');
    expect(zoo.explain(double, [rows(3)])).toEqual({
      op: 'test:double',
      chosen: 'composite',
      rejected: [
        { kernel: 'test:double/fast', because: 'needs more than 4 rows' },
        { kernel: 'test:double/even', because: 'needs an even axis, got 3' },
      ],
    });
    expect(zoo.explain(double, [rows(4, 'i32')]).rejected[1]!.because).toBe('takes f32, got i32');
    expect(zoo.explain(bare, [rows(2)])).toEqual({ op: 'test:bare', chosen: 'none', rejected: [] });
  });

  test('explain fills defaults and checks attributes as a call does', async () => {
    const { zoo } = await zooWith();
    expect(zoo.explain(double, [rows(4)], {}).chosen).toBe('test:double/even');
    expect(zoo.explain(double, [rows(4)], { step: [1, 2] }).chosen).toBe('composite');
    expect(failure(() => zoo.explain(double, [rows(4)], { stride: 1 })).code).toBe('attr');
  });

  test('pins force a kernel or the composite until they are taken back', async () => {
    const { zoo } = await zooWith();
    zoo.pin({ 'test:double': 'test:double/even' });
    expect(zoo.explain(double, [rows(6)])).toMatchObject({
      chosen: 'test:double/even',
      rejected: [{ kernel: 'test:double/fast', because: 'pinned to test:double/even' }],
    });
    zoo.pin({ 'test:double': 'composite' });
    expect(zoo.explain(double, [rows(6)]).chosen).toBe('composite');
    expect(await double(zoo.arange(6)).array()).toEqual([0, 2, 4, 6, 8, 10]);
    zoo.pin(null);
    expect(zoo.explain(double, [rows(6)]).chosen).toBe('test:double/fast');
  });

  test('a pin to a kernel that is not there, or is another op’s, is an error', async () => {
    const { zoo } = await zooWith();
    expect(failure(() => zoo.pin({ 'test:double': 'test:double/gpu' })).code).toBe('plugin');
    expect(failure(() => zoo.pin({ 'test:double': 'add/fake' })).code).toBe('plugin');
    expect(zoo.explain(double, [rows(6)]).chosen).toBe('test:double/fast');
  });

  test('running composed is told once per op, with the reasons, and only where kernels exist', async () => {
    const events: LogEvent[] = [];
    const { zoo } = await zooWith(undefined, { log: (event) => events.push(event) });
    double(zoo.arange(3));
    double(zoo.arange(3));
    expect(events).toEqual([
      {
        kind: 'composed',
        message:
          'test:double runs composed: test:double/fast: needs more than 4 rows; test:double/even: needs an even axis, got 3',
      },
    ]);
    const quiet = await zooWith([], { log: (event) => events.push(event) });
    double(quiet.zoo.arange(3));
    expect(events).toHaveLength(1);
  });

  test('strict mode refuses to run composed, and an op without any meaning always is', async () => {
    const { zoo } = await zooWith(undefined, { strict: true });
    const x = zoo.arange(3);
    const error = failure(() => double(x));
    expect(error).toMatchObject({ code: 'no-kernel', details: { op: 'test:double' } });
    expect(error.message).toContain('needs an even axis, got 3');
    double(zoo.arange(4)).dispose();
    const missing = failure(() => bare(x));
    expect(missing).toMatchObject({ code: 'no-kernel' });
    expect(missing.message).toContain('The fake device has no kernel for it');
  });

  test('inference kernels step aside while a gradient is recorded', async () => {
    const { zoo } = await zooWith();
    const x = zoo.arange(6);
    let chosen = '';
    zoo.valueAndGrad(
      (p) => {
        chosen = zoo.explain(double, [rows(6)]).chosen;
        expect(zoo.explain(double, [rows(6)]).rejected[0]!.because).toContain('for inference');
        return double(p.x).sum();
      },
      { x },
    );
    expect(chosen).toBe('test:double/even');
  });

  test('a kernel that throws leaves no memory and a zoo that works', async () => {
    const broken = kernel(
      double,
      () => {
        throw new RangeError('out of bounds');
      },
      { id: 'test:double/broken', priority: 99 },
    );
    const { zoo, device } = await zooWith([broken]);
    const x = zoo.arange(3);
    const live = device.live;
    const before = zoo.memory();
    expect(() => double(x)).toThrow('out of bounds');
    expect(device.live).toBe(live);
    expect(zoo.memory()).toMatchObject({ tensors: before.tensors, buffers: before.buffers, bytes: before.bytes });
    zoo.pin({ 'test:double': 'composite' });
    expect(await double(x).array()).toEqual([0, 2, 4]);
  });

  test('kernels and composites are not bothered when there is nothing to write', async () => {
    const never = kernel(exp, () => expect(true).toBe(false), { id: 'exp/never', priority: 9 });
    const { zoo } = await zooWith([never]);
    expect(await exp(zoo.zeros([0, 3])).array()).toEqual([]);
    // The composite would take the largest value of an empty axis.
    expect(softmax(zoo.zeros([3, 0]), { dim: 1 }).shape).toEqual([3, 0]);
    expect(zoo.memory().tensors).toBe(4);
  });

  test('composites do not leak what they make on the way', async () => {
    const long = defineOp({ name: 'test:long', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
    implement(long, { composite: ([x]) => mul(neg(add(x, 1)), 2) });
    const { zoo, device } = await fakeZoo();
    const x = zoo.arange(3);
    const y = long(x);
    expect(zoo.memory()).toMatchObject({ tensors: 2, buffers: 2, bytes: 24 });
    expect(device.live).toBe(2);
    expect(await y.array()).toEqual([-2, -4, -6]);
  });
});

describe('creating a zoo', () => {
  test('needs a device factory', async () => {
    expect(await rejection(createZoo({ device: new FakeDevice() as never }))).toMatchObject({
      code: 'device',
      details: { argument: 'device' },
    });
    expect((await rejection(createZoo(undefined as never))).code).toBe('device');
  });

  test('frees the device when its kernels are refused', async () => {
    const device = new FakeDevice([even, even]);
    const error = await rejection(createZoo({ device: () => device }));
    expect(error).toMatchObject({ code: 'plugin', details: { argument: 'test:double/even' } });
    expect(device.disposed).toBe(1);
  });

  test('two zoos do not see each other', async () => {
    const [a, b]: [Zoo, Zoo] = [(await fakeZoo()).zoo, (await fakeZoo()).zoo];
    a.pin({ add: 'composite' });
    expect(b.explain(add, [rows(1), rows(1)]).chosen).toBe('add/fake');
    a.zeros([3]);
    expect(b.memory().tensors).toBe(0);
  });
});
