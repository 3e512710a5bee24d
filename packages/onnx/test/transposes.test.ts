import { expect, test } from '@jest/globals';
import { amax, amin, concat, createZoo, mean, sum, toNchw, toNhwc, type Tensor } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { exportOnnx, inspectOnnx } from '../src/index';
import { run } from './ort-node';

const shape = [2, 3, 4, 5];
const values = Float32Array.from({ length: 120 }, (_, i) => Math.sin(i + 1));

const ops = { mean, sum, amax, amin };

test.each([
  { op: 'mean', dim: [1, 2], keepdim: false, transposes: 0 },
  { op: 'sum', dim: [1, 2], keepdim: false, transposes: 0 },
  { op: 'sum', dim: [-1], keepdim: true, transposes: 1 },
  { op: 'amax', dim: [0, 1], keepdim: false, transposes: 1 },
  { op: 'amin', dim: [3], keepdim: false, transposes: 0 },
  { op: 'amin', dim: null, keepdim: false, transposes: 0 },
] as const)('$op over $dim of a transposed map reads the map itself', async ({ op, dim, keepdim, transposes }) => {
  await using zoo = await createZoo({ device: cpu(), log: () => undefined });
  const fn = (x: Tensor) => ops[op](toNhwc(x), { ...(dim && { dim }), keepdim });
  const wanted = Array.from(await fn(zoo.tensor(values, { shape })).data());
  for (const opset of [17, 18] as const) {
    const { bytes } = await exportOnnx(zoo, fn, [{ shape, dtype: 'f32' }], { opset });
    expect(inspectOnnx(bytes).operators.Transpose ?? 0).toBe(transposes);
    const { output } = await run(bytes, { input: { shape, dtype: 'f32', values } });
    expect(output).toHaveLength(wanted.length);
    output!.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
  }
});

test.each([-1, 1, 0])('maps that are joined along axis %i channels last are joined as they lie', async (dim) => {
  await using zoo = await createZoo({ device: cpu(), log: () => undefined });
  const fn = (x: Tensor) => toNchw(concat([toNhwc(x.relu()), toNhwc(x)], { dim })).mul(2);
  const wanted = await fn(zoo.tensor(values, { shape })).data();
  const { bytes } = await exportOnnx(zoo, fn, [{ shape, dtype: 'f32' }]);
  expect(inspectOnnx(bytes).operators).toEqual({ Concat: 1, Mul: 1, Relu: 1 });
  const { output } = await run(bytes, { input: { shape, dtype: 'f32', values } });
  expect(Array.from(output!)).toEqual(Array.from(wanted));
});
