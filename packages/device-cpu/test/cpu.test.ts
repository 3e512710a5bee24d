import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as core from '@paperzoo/core';
import { cpu, exactData, exactTensor } from '../src/index';

let zoo: core.Zoo;
beforeAll(async () => (zoo = await core.createZoo({ device: cpu() })));
afterAll(() => zoo.dispose());

const t = (data: core.TensorInput, dtype?: core.DType) => zoo.tensor(data, dtype ? { dtype } : {});
const nan = NaN;

describe('every primitive, on values worked out by hand', () => {
  const cases: [string, () => core.Tensor, core.NestedArray][] = [
    ['add broadcasts', () => core.add(t([[1], [2]]), t([10, 20])), [[11, 21], [12, 22]]],
    ['a number stands beside a tensor', () => core.sub(1, t([3, 4])), [-2, -3]],
    ['i32 multiplication wraps', () => core.mul(t([65536], 'i32'), t([65537], 'i32')), [65536]],
    ['i32 division rounds towards zero', () => core.div(t([-7, 7, 5], 'i32'), t([2, -2, 0], 'i32')), [-3, -3, 0]],
    ['i32 powers', () => core.pow(t([3, 2, -1, 2], 'i32'), t([4, 0, -3, -1], 'i32')), [81, 1, -1, 0]],
    ['pow', () => core.pow(t([2, -2, -2, 0, 1, -8]), t([0.5, 3, 0.5, 0, nan, 1 / 3])), [Math.fround(Math.SQRT2), -8, nan, 1, 1, nan]],
    ['maximum spreads NaN', () => core.maximum(t([1, nan, 3]), t([2, 0, nan])), [2, nan, nan]],
    ['minimum', () => core.minimum(t([1, -5]), 0), [0, -5]],
    ['comparisons', () => core.lt(t([1, 2, nan]), t([2, 2, 2])), [1, 0, 0]],
    ['NaN differs from itself', () => core.ne(t([nan, 1]), t([nan, 1])), [1, 0]],
    ['logic', () => core.logicalAnd(t([true, true, false]), core.logicalNot(t([false, true, false]))), [1, 0, 0]],
    ['where', () => core.where(t([true, false]), t([[1, 2], [3, 4]]), 0), [[1, 0], [3, 0]]],
    ['sign', () => core.sign(t([-2, 0, 5, nan])), [-1, 0, 1, nan]],
    ['round to even', () => core.round(t([0.5, 1.5, -2.5])), [0, 2, -2]],
    ['hardswish', () => core.hardswish(t([-4, -3, 0, 3, 4])), [-0, -0, 0, 3, 4]],
    ['sigmoid of large numbers', () => core.sigmoid(t([-200, 0, 200])), [Math.fround(Math.exp(-200)), 0.5, 1]],
    ['sum over two axes', () => core.sum(t([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), { dim: [0, 2] }), [14, 22]],
    ['sum keeps axes', () => core.sum(t([[1, 2], [3, 4]]), { dim: [-1], keepdim: true }), [[3], [7]]],
    ['sum over one axis, without brackets', () => core.sum(t([[1, 2], [3, 4]]), { dim: -1 }), [3, 7]],
    ['mean over one axis', () => core.mean(t([[1, 2], [3, 4]]), { dim: 0 }), [2, 3]],
    ['amax over one axis', () => core.amax(t([[1, 5], [3, 2]]), { dim: 0, keepdim: true }), [[3, 5]]],
    ['variance over one axis', () => core.variance(t([[1, 3], [4, 4]]), { dim: 1 }), [2, 0]],
    ['logsumexp over one axis', () => core.logsumexp(t([[0, -200], [1, 1]]), { dim: -1 }), [0, Math.fround(1 + Math.LN2)]],
    ['sum of nothing', () => core.sum(zoo.zeros([2, 0]), { dim: [1] }), [0, 0]],
    ['mean of nothing', () => core.mean(zoo.zeros([1, 0]), { dim: [1] }), [nan]],
    ['prod', () => core.prod(t([2, 3, 4])), 24],
    ['amax with NaN', () => core.amax(t([[1, 5], [nan, 2]]), { dim: [1] }), [5, nan]],
    ['amin', () => core.amin(t([[1, 5], [3, 2]]), { dim: [0] }), [1, 2]],
    ['argmax takes the first', () => core.argmax(t([[1, 9, 9], [0, nan, 5]]), { dim: 1 }), [1, 1]],
    ['cumsum', () => core.cumsum(t([[1, 2], [3, 4]]), { dim: 0 }), [[1, 2], [4, 6]]],
    ['permute', () => core.permute(t([[1, 2, 3], [4, 5, 6]]), { dims: [1, 0] }), [[1, 4], [2, 5], [3, 6]]],
    ['slice', () => core.slice(t([0, 1, 2, 3, 4, 5]), { dim: 0, start: -5, step: 2 }), [1, 3, 5]],
    ['pad', () => core.pad(t([[1, 2]]), { pad: [1, 0, 0, 1], value: 9 }), [[9, 1, 2], [9, 9, 9]]],
    ['crop', () => core.pad(t([1, 2, 3]), { pad: [-1, 1] }), [2, 3, 0]],
    ['reflect', () => core.pad(t([1, 2, 3]), { pad: [2, 1], mode: 'reflect' }), [3, 2, 1, 2, 3, 2]],
    ['concat', () => core.concat([t([[1], [2]]), t([[3, 4], [5, 6]])], { dim: 1 }), [[1, 3, 4], [2, 5, 6]]],
    ['expand', () => core.expand(t([[1], [2]]), { shape: [2, 2] }), [[1, 1], [2, 2]]],
    ['flip', () => core.flip(t([[1, 2], [3, 4]]), { dims: [0, 1] }), [[4, 3], [2, 1]]],
    ['gather, outside is NaN', () => core.gather(t([[1, 2], [3, 4]]), t([[1, 0], [2, -1]], 'i32'), { dim: 1 }), [[2, 1], [nan, nan]]],
    ['index select', () => core.indexSelect(t([[1, 2], [3, 4]]), t([1, 1, 0], 'i32'), { dim: 0 }), [[3, 4], [3, 4], [1, 2]]],
    ['scatter add', () => core.scatterAdd(zoo.zeros([3]), t([0, 2, 0], 'i32'), t([1, 2, 3]), { dim: 0 }), [4, 0, 2]],
    ['cast saturates', () => core.cast(t([-1.9, 300, nan, 2 ** 40]), { dtype: 'u8' }), [0, 255, 0, 255]],
    ['cast to i32', () => core.cast(t([-1.9, 3e9]), { dtype: 'i32' }), [-1, 2 ** 31 - 1]],
    ['matmul', () => core.matmul(t([[1, 2], [3, 4]]), t([[5, 6], [7, 8]])), [[19, 22], [43, 50]]],
    ['matmul transposed', () => core.matmul(t([[1, 3], [2, 4]]), t([[5, 7], [6, 8]]), { transposeA: true, transposeB: true }), [[19, 22], [43, 50]]],
    ['matmul of nothing', () => core.matmul(zoo.zeros([1, 0]), zoo.zeros([0, 2])), [[0, 0]]],
    ['conv', () => core.conv2d(t([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]), t([[[[1, 0], [0, -1]]]]), t([0.5])), [[[[-3.5, -3.5], [-3.5, -3.5]]]]],
    ['conv, padded and strided', () => core.conv2d(t([[[[1, 2], [3, 4]]]]), t([[[[1, 1], [1, 1]]]]), { padding: [1], stride: [2] }), [[[[1, 2], [3, 4]]]]],
    ['grouped conv', () => core.conv2d(t([[[[1]], [[2]]]]), t([[[[3]]], [[[5]]]]), { groups: 2 }), [[[[3]], [[10]]]]],
    ['max pool', () => core.maxPool2d(t([[[[-1, -2], [-3, -4]]]]), { kernelSize: [2], stride: [1], padding: [1] }), [[[[-1, -1, -2], [-1, -1, -2], [-3, -3, -4]]]]],
    ['average pool counts padding', () => core.avgPool2d(t([[[[4]]]]), { kernelSize: [2], padding: [1], stride: [1] }), [[[[1, 1], [1, 1]]]]],
    ['nearest', () => core.interpolate(t([[[[1, 2, 3]]]]), { size: [1, 5] }), [[[[1, 1, 2, 2, 3]]]]],
    ['bilinear', () => core.interpolate(t([[[[0, 4]]]]), { size: [1, 4], mode: 'bilinear' }), [[[[0, 1, 3, 4]]]]],
    ['bicubic', () => core.interpolate(t([[[[1, 1, 1, 1]]]]), { size: [2, 3], mode: 'bicubic' }), [[[[1, 1, 1], [1, 1, 1]]]]],
  ]; // prettier-ignore

  test.each(cases)('%s', async (_name, run, expected) => {
    const result = zoo.scope(run);
    expect(await result.array()).toEqual(expected);
    result.dispose();
  });
});

test('sums are carried in double and rounded once', async () => {
  const values = Float32Array.of(1e8, ...new Array<number>(1000).fill(0.25), -1e8);
  expect(await core.sum(zoo.tensor(values)).item()).toBe(250);
});

test('every op has a kernel or a composite, and float32 and double agree on every sample', async () => {
  const exact = await core.createZoo({ device: cpu({ precision: 'f64' }) });
  const ops = Object.values<unknown>({ ...core }).filter(
    (value): value is core.Op => typeof value === 'function' && 'inputs' in value && 'shape' in value,
  );
  expect(ops.length).toBeGreaterThan(50);
  for (const op of ops) {
    for (const sample of op.samples?.() ?? []) {
      const run = (on: core.Zoo) => {
        const ins = sample.ins.map((input) => (input ? fill(on, input) : undefined));
        return [core.applyOp(op, ins, core.resolveAttrs(op.name, op.attrs, sample.attrs))].flat();
      };
      const fine = run(exact);
      for (const [k, rough] of run(zoo).entries()) {
        expect(rough.shape).toEqual(fine[k]!.shape);
        const values = await fine[k]!.data();
        (await rough.data()).forEach((value, i) => {
          const close = Object.is(value, values[i]) || Math.abs(value - values[i]!) <= 2e-5 * (1 + Math.abs(value));
          if (!close) throw new Error(`${op.name}, ${sample.name}: element ${i} is ${value}, in double ${values[i]}`);
        });
      }
    }
  }
  await exact.dispose();
});

/** Values that look random and are the same every time. */
function fill(on: core.Zoo, { shape, dtype = 'f32', fill = 'normal', below = 3 }: core.SampleInput): core.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const value = (i: number) => {
    const u = ((i * 2654435761 + 12345) % 4294967296) / 4294967296;
    return fill === 'index' ? Math.floor(u * below) : fill === 'positive' ? u + 0.1 : 4 * u - 2;
  };
  const values = typeof fill === 'string' ? Array.from({ length: size }, (_, i) => value(i)) : [...fill];
  return on.tensor(values, { shape, dtype });
}

describe('double precision', () => {
  let exact: core.Zoo;
  beforeAll(async () => (exact = await core.createZoo({ device: cpu({ precision: 'f64' }) })));
  afterAll(() => exact.dispose());

  test('keeps doubles between ops, also through composites', () => {
    const x = exactTensor(exact, Float64Array.of(1e-9, 0.1, 3));
    const y = core.sub(core.add(x, 1), 1);
    expect(exactData(y)[0]).toBeCloseTo(1e-9, 15);
    expect(exactData(core.softmax(x, { dim: 0 })).reduce((a, b) => a + b)).toBeCloseTo(1, 15);
    expect(exactData(core.sigmoid(x))[1]).toBe(1 / (1 + Math.exp(-0.1)));
  });

  test('data() rounds to float32; integers stay integers', async () => {
    expect(await exactTensor(exact, Float64Array.of(0.1)).data()).toEqual(Float32Array.of(0.1));
    expect(await core.argmax(exact.tensor([1, 3, 2]), { dim: 0 }).data()).toEqual(Int32Array.of(1));
  });

  test('asking another device, or for another size, is refused', () => {
    expect(() => exactData(zoo.tensor([1]))).toThrow(core.DeviceError);
    expect(() => exactData(exact.tensor([1], { dtype: 'i32' }))).toThrow(core.DeviceError);
    expect(() => exactTensor(exact, Float64Array.of(1, 2), [3])).toThrow(core.ShapeError);
  });
});

test('an unknown precision is refused', () => {
  expect(() => cpu({ precision: 'f16' as 'f32' })).toThrow(core.AttrError);
});

test('memory is counted and given back', async () => {
  const own = await core.createZoo({ device: cpu() });
  const x = own.zeros([1000]);
  expect(own.memory()).toMatchObject({ bytes: 4000, reservedBytes: 4000 });
  x.dispose();
  expect(own.memory()).toMatchObject({ tensors: 0, bytes: 0, reservedBytes: 0 });
  await own.dispose();
});
