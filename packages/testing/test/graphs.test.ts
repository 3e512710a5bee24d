import { expect, test } from '@jest/globals';
import { definePlugin, linear, type GraphSource, type Plugin, type Tensor, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { wasm } from '@paperzoo/device-wasm';
import { conformGraphs } from '../src/index';

type Forward = (zoo: Zoo, x: Tensor, weight: Tensor) => Tensor;
const honest: Forward = (_zoo, x, weight) => linear(x, weight);

/** Two cards of one linear map; the smaller one is what is checked. */
function specimen({ forward = honest, graphs = true, keep = false }): Plugin {
  const card = (name: string, params: number) => ({
    name,
    task: 'anything',
    config: {},
    params,
    load: async (zoo: Zoo) => {
      const weight = zoo.tensor([1, -2, 3, 0.5, 0.25, -1], { shape: [2, 3] });
      const source: GraphSource = {
        fn: (x: Tensor) => forward(zoo, x, weight),
        inputs: [{ name: 'x', shape: ['N', 'T', 3], dtype: 'f32' }],
      };
      const dispose = () => {
        if (!keep) weight.dispose();
      };
      return {
        name,
        config: {},
        ...(graphs && { graphs: () => ({ forward: source }) }),
        dispose,
        [Symbol.dispose]: dispose,
      };
    },
  });
  return definePlugin({
    name: '@t/graphs',
    api: 1,
    license: 'MIT',
    paper: { title: 'Lines' },
    models: [card('large', 600), card('small', 6)],
  });
}

async function failures(plugin: Plugin): Promise<string> {
  const found: string[] = [];
  for (const { name, run } of conformGraphs(plugin, { devices: { wasm: wasm() } }))
    await run().catch((error: unknown) => found.push(`${name}: ${String(error)}`));
  return found.join('\n');
}

const off: Forward = (zoo, x, weight) =>
  zoo.scope(() => linear(x, weight).mul(zoo.device.caps.info.precision === 'f64' ? 1.01 : 1));

test('a model’s graphs agree with float64, at small sizes, on the smallest card', async () => {
  const shapes: string[] = [];
  const forward: Forward = (zoo, x, weight) => {
    shapes.push(x.shape.join('×'));
    return honest(zoo, x, weight);
  };
  expect(await failures(specimen({ forward }))).toBe('');
  expect(shapes).toEqual(['2×5×3', '2×5×3']);
  expect(conformGraphs(specimen({}), { devices: { a: cpu(), b: cpu() } }).map(({ name }) => name)).toEqual([
    'a · small · agrees with float64',
    'b · small · agrees with float64',
    'a · memory is back and the device freed',
    'b · memory is back and the device freed',
    'float64 device freed',
  ]);
});

test.each<[string, Parameters<typeof specimen>[0], RegExp]>([
  ['another answer than float64', { forward: off }, /small, forward: output 0 is up to .* from float64/],
  ['an answer that is not finite', { forward: (zoo) => zoo.full([2, 5, 2], zoo.device.caps.info.precision === 'f64' ? 1 : NaN) }, /is NaN instead of 1/], // prettier-ignore
  ['weights that are kept', { keep: true }, /after dispose: tensors is 1/],
  ['a model without graphs', { graphs: false }, /must offer its graphs/],
])('finds %s', async (_, wrong, message) => {
  expect(await failures(specimen(wrong))).toMatch(message);
});
