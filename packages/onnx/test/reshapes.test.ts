import { expect, test } from '@jest/globals';
import { createZoo, type Spec, type Tensor } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { exportOnnx, inspectOnnx } from '../src/index';
import { run } from './ort-node';

async function shapeNodes(fn: (x: Tensor) => Tensor, spec: Spec, sizes: readonly number[]): Promise<number> {
  await using zoo = await createZoo({ device: cpu(), log: () => undefined });
  const { bytes, outputs } = await exportOnnx(zoo, fn, [spec], { dynamic: { input: { 0: 'N' } } });
  for (const n of sizes) {
    const shape = [n, ...spec.shape.slice(1)];
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i - 7);
    const wanted = await zoo.scope(() => fn(zoo.tensor(values, { shape }))).data();
    const { output } = await run(bytes, { input: { shape, dtype: 'f32', values } });
    expect(Array.from(output!)).toEqual(Array.from(wanted));
  }
  expect(outputs[0]!.dims[0]).not.toBe(2);
  const { Reshape = 0, Unsqueeze = 0, Squeeze = 0, Flatten = 0 } = inspectOnnx(bytes).operators;
  return Reshape + Unsqueeze + Squeeze + Flatten;
}

const f32 = (...shape: number[]): Spec => ({ shape, dtype: 'f32' });
const batch = (x: Tensor) => x.shape[0]!;

test('reshapes in a row are one, for any batch', async () => {
  const fn = (x: Tensor) => {
    const rows = x.reshape([batch(x), 12]).reshape([batch(x), 1, 12]);
    return rows.reshape([batch(x), 3, 4]).relu();
  };
  expect(await shapeNodes(fn, f32(2, 2, 6), [1, 3])).toBe(1);
});

test('a reshape and the one back are none, behind a node and as the output', async () => {
  const heads = (x: Tensor) => x.reshape([batch(x), 3, 2]).reshape([batch(x), 6]);
  expect(await shapeNodes((x) => heads(x.relu()).mul(2), f32(2, 6), [1, 4])).toBe(0);
  expect(await shapeNodes((x) => heads(x.relu()), f32(2, 6), [1, 4])).toBe(0);
  expect(await shapeNodes(heads, f32(2, 6), [1, 4])).toBe(0);
});

test('what is read in between stays', async () => {
  const fn = (x: Tensor) => {
    const rows = x.reshape([batch(x) * 2, 3]);
    const sums = rows
      .mul(rows)
      .sum([1])
      .reshape([batch(x), 2]);
    return sums.add(rows.reshape([batch(x), 2, 3]).sum([2]));
  };
  expect(await shapeNodes(fn, f32(2, 6), [1, 5])).toBe(3);
});

test('two sizes that only the run knows are still computed', async () => {
  const fn = (x: Tensor) => {
    const halves = x.reshape([2 * batch(x), 6]);
    return halves.reshape([2 * batch(x), 2, 3]).relu();
  };
  expect(await shapeNodes(fn, f32(2, 12), [1, 3])).toBe(1);
});
