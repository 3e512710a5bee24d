import { expect, test } from '@jest/globals';
import { createZoo, indexSelect, linear, type Tensor } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { materialise } from '../src/graph/materialise';
import { simplify } from '../src/graph/simplify';
import { traceSymbolic } from '../src/graph/trace';
import { hasRule, lower } from '../src/lower/lower';
import { halve } from '../src/passes/half';
import { optimise } from '../src/passes/optimise';
import { write } from '../src/write/write';
import { run } from './ort-node';

// What models beyond a gigabyte go through, with the limits set to nothing.
test.each(['f32', 'f16'] as const)('weights that stay on the device until they are written, %s', async (kind) => {
  await using zoo = await createZoo({ device: cpu() });
  const values = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.round(Math.sin(i) * 64) / 64);
  const table = zoo.tensor(values(10 * 16), { shape: [10, 16] });
  const weight = zoo.tensor(values(24 * 16), { shape: [24, 16] });
  const order = zoo.tensor(Int32Array.from({ length: 10 }, (_, i) => 9 - i));
  const back = zoo.tensor(values(16 * 24), { shape: [16, 24] });
  // Read as it is, read transposed, and both: the table is what embeds and what scores.
  const fn = (ids: Tensor) => {
    const x = indexSelect(table, indexSelect(order, ids, { dim: 0 }), { dim: 0 }).reshape([1, ids.shape[0]!, 16]);
    return linear(linear(linear(x, weight), back), table);
  };
  const target = { opset: 17, form: 'flat' } as const;
  const traced = await traceSymbolic(zoo, fn, [{ shape: [4], dtype: 'i32', symbols: { 0: 'T' } }], hasRule(target));
  const graph = await simplify(zoo, await materialise(traced, { most: 0, small: 0 }));
  const flat = optimise(lower(graph, { ...target, inputNames: ['ids'], outputNames: ['y'] }));
  const file = kind === 'f16' ? halve(flat) : flat;
  expect([...file.weights.values()].filter(({ data }) => !data).length).toBe(4);
  const { bytes } = await write(
    { graph: file, functions: [], opsets: new Map([['', 17]]), metadata: {} },
    {},
    () => undefined,
  );
  const ids = Int32Array.of(3, 1, 4, 1, 5);
  const { y } = await run(bytes, { ids: { shape: [5], dtype: 'i32', values: ids } });
  const wanted = await fn(zoo.tensor(ids)).data();
  // These values are whole multiples of 1/64, so float16 holds them.
  wanted.forEach((value, i) => expect(y![i]).toBeCloseTo(value, 3));
});
