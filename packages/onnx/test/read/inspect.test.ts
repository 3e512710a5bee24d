import { expect, test } from '@jest/globals';
import { inspectOnnx } from '../../src/index';
import { graphNode, model, node, weights } from './build';

test('tells inputs, outputs, opsets, metadata, operators and weights', () => {
  expect(inspectOnnx(model())).toEqual({
    irVersion: 8,
    opsets: { 'ai.onnx': 17 },
    producer: 'test',
    metadata: { plugin: '@paperzoo/test' },
    inputs: [{ name: 'x', dtype: 'float32', dims: ['N', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', dims: ['N', 3] }],
    nodes: 2,
    operators: { MatMul: 1, Relu: 1 },
    functions: [],
    parameters: 6,
    weightBytes: 24,
    externalFiles: [],
  });
});

test('counts operators of graphs within nodes and of functions, and names other files', () => {
  const body = { name: 'body', node: [node('Relu', ['x'], ['inner'])], output: [{ name: 'inner' }] };
  const bytes = model({
    graph: {
      node: [graphNode('If', 'then_branch', body), node('twice', ['x'], ['z'], { domain: 'ai.paperzoo.test' })],
      initializer: [
        weights('w', [2, 3], {
          rawData: undefined,
          dataLocation: 1,
          externalData: [
            { key: 'location', value: 'parts/w.bin' },
            { key: 'length', value: '24' },
          ],
        }),
      ],
    },
    model: {
      opsetImport: [
        { domain: 'ai.onnx', version: 18 },
        { domain: 'ai.paperzoo.test', version: 1 },
      ],
      functions: [
        {
          ...{ name: 'twice', domain: 'ai.paperzoo.test', input: ['a'], output: ['b'] },
          node: [node('Add', ['a', 'a'], ['b'])],
          opsetImport: [{ domain: '', version: 18 }],
        },
      ],
    },
  });
  expect(inspectOnnx(bytes)).toMatchObject({
    opsets: { 'ai.onnx': 18, 'ai.paperzoo.test': 1 },
    operators: { 'ai.paperzoo.test.twice': 1, Add: 1, If: 1, Relu: 1 },
    functions: ['ai.paperzoo.test.twice'],
    externalFiles: ['parts/w.bin'],
  });
});
