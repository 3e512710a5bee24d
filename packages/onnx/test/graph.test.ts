import { describe, expect, test } from '@jest/globals';
import {
  createZoo,
  definePlugin,
  defineOp,
  FormatError,
  implement,
  IntegrityError,
  pad,
  PluginError,
  tensor,
  type Tensor,
} from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { exportOnnx, restoreGraph, runGraph, saveGraph, type GraphJson } from '../src/index';
import { run } from './ort-node';

const twice = defineOp({ name: 'demo.twice', version: 2, inputs: [tensor('x')], shape: ([x]) => x });
implement(twice, { composite: ([x]) => x.add(x) });
const plugin = definePlugin({
  name: 'demo',
  api: 1,
  license: 'MIT',
  paper: { title: 'A demonstration', authors: 'Nobody', year: 2026, venue: 'None', arxiv: '0000.00000', code: '' },
  ops: [twice],
});
const open = () => createZoo({ device: cpu(), plugins: [plugin], log: () => undefined });
const spec = { shape: [2, 3], dtype: 'f32' } as const;
const values = Float32Array.of(1, -2, 3, -4, 5, -6);

async function saved() {
  await using zoo = await open();
  const [w, same] = [zoo.tensor([[1, 2, 3]]), zoo.tensor([[1, 2, 3]])];
  const fn = (x: Tensor) => {
    const padded = pad(twice(x.mul(w)), { pad: [1, 0], value: -Infinity });
    return padded.add(pad(same, { pad: [1, 0] }));
  };
  return await saveGraph(zoo.trace(fn, [spec]));
}

describe('a trace as data', () => {
  test('comes back from text on another zoo, runs and is exported', async () => {
    const { json, constants } = await saved();
    expect(constants.size).toBe(1);
    await using zoo = await open();
    const graph = await restoreGraph(zoo, { json: JSON.parse(JSON.stringify(json)) as GraphJson, constants });
    const [y] = runGraph(graph, [zoo.tensor(values, spec)]);
    const expected = [-Infinity, 3, -6, 21, -Infinity, -7, 22, -33];
    expect(Array.from(await y!.data())).toEqual(expected);
    const file = await exportOnnx(zoo, (...x) => runGraph(graph, x), [spec]);
    const { output } = await run(file.bytes, { input: { ...spec, values } });
    expect(Array.from(output!)).toEqual(expected);
    expect((await saveGraph(graph)).json).toEqual(json);
  });

  test.each<[string, (json: GraphJson) => object]>([
    ['another format', (json) => ({ ...json, format: 'other' })],
    ['no lists', (json) => ({ ...json, nodes: null })],
    [
      'a shape that overflows',
      (json) => ({ ...json, values: json.values.map((v) => ({ ...v, shape: [2 ** 40, 2 ** 40] })) }),
    ],
    ['a negative shape', (json) => ({ ...json, values: json.values.map((v) => ({ ...v, shape: [-1] })) })],
    [
      'a dtype from the prototype',
      (json) => ({ ...json, values: json.values.map((v) => ({ ...v, dtype: '__proto__' })) }),
    ],
    ['inputs out of range', (json) => ({ ...json, inputs: [999] })],
    ['outputs that nobody makes', (json) => ({ ...json, outputs: [999] })],
    ['nodes in the wrong order', (json) => ({ ...json, nodes: [...json.nodes].reverse() })],
    ['a node twice', (json) => ({ ...json, nodes: [...json.nodes, json.nodes[0]] })],
    ['other shapes than the op gives', (json) => ({ ...json, values: json.values.map((v) => ({ ...v, shape: [1] })) })],
  ])('%s is refused', async (_, change) => {
    const { json, constants } = await saved();
    await using zoo = await open();
    const broken = change(json) as GraphJson;
    await expect(restoreGraph(zoo, { json: broken, constants })).rejects.toMatchObject({
      code: expect.stringMatching(/format|shape|attr/) as unknown,
    });
    expect(zoo.memory().tensors).toBe(0);
  });

  test('ops of other versions and constants of other contents are refused', async () => {
    const { json, constants } = await saved();
    await using zoo = await open();
    const older = { ...json, nodes: json.nodes.map((node) => ({ ...node, version: 1 })) };
    await expect(
      restoreGraph(zoo, { json: older.nodes.some(({ op }) => op === 'demo.twice') ? older : json, constants }),
    ).rejects.toThrow(PluginError);
    const other = new Map([...constants].map(([hash, data]) => [hash, data.map((x) => x + 1)]));
    await expect(restoreGraph(zoo, { json, constants: other })).rejects.toThrow(IntegrityError);
    await expect(restoreGraph(zoo, { json: null as never, constants })).rejects.toThrow(FormatError);
    await using bare = await createZoo({ device: cpu() });
    await expect(restoreGraph(bare, { json, constants })).rejects.toThrow('demo.twice');
  });
});
