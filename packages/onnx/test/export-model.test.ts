import { createHash } from 'node:crypto';
import { createZoo, definePlugin, mul, relu, type Model, type Tensor, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportModel, inspectOnnx } from '../src/index';

const config = { width: 2 };
const model: Model = {
  name: 'half_tiny',
  config,
  graphs: () => ({
    forward: {
      fn: (x: Tensor) => mul(relu(x), 0.5),
      inputs: [{ name: 'x', shape: ['N', 'N', 2], dtype: 'f32' }],
      outputs: ['y'],
    },
    twice: { fn: (x: Tensor) => mul(x, 2), inputs: [{ name: 'x', shape: ['N', 3], dtype: 'f32' }] },
  }),
  dispose: () => undefined,
  [Symbol.dispose]: () => undefined,
};
const plugin = definePlugin({
  ...{ name: '@paperzoo/half', api: 1, license: 'MIT', paper: { title: 'On halves' } },
  models: [{ name: 'half_tiny', task: 'halving', config, load: () => Promise.resolve(model) }],
});

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu(), plugins: [plugin] });
});
afterAll(() => zoo.dispose());

test('the file of a model names its inputs and outputs, leaves sizes open, and says what it is of', async () => {
  const file = await exportModel(zoo, model, { metadata: { note: 'mine' } });
  expect(file.inputs).toEqual([{ name: 'x', dtype: 'f32', dims: ['N', 'N', 2] }]);
  expect(file.outputs).toEqual([{ name: 'y', dtype: 'f32', dims: ['N', 'N', 2] }]);
  const json = JSON.stringify(config);
  expect(inspectOnnx(file.bytes).metadata).toMatchObject({
    'paperzoo.model': 'half_tiny',
    'paperzoo.graph': 'forward',
    'paperzoo.plugin': '@paperzoo/half',
    'paperzoo.paper': 'On halves',
    'paperzoo.config': json,
    'paperzoo.config_sha256': createHash('sha256').update(json).digest('hex'),
    note: 'mine',
  });
});

test('another graph is exported by its name, with sizes that are fixed', async () => {
  const file = await exportModel(zoo, model, { graph: 'twice', sizes: { N: 5 } });
  expect(file.inputs).toEqual([{ name: 'x', dtype: 'f32', dims: [5, 3] }]);
});

test('a model without graphs, and a graph that is not there', async () => {
  const none: Model = { ...model, graphs: () => ({}) };
  await expect(exportModel(zoo, none)).rejects.toThrow('half_tiny describes no graphs.');
  await expect(exportModel(zoo, model, { graph: 'step' })).rejects.toThrow('has the graphs forward, twice, not "step"');
});
