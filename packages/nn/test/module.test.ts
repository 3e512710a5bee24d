import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createZoo, DisposedError, ModelError, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { BatchNorm2d, hostTensor, Linear } from '../src/index';
import { Net } from './layers';

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu() });
});
afterAll(() => zoo.dispose());

const image = () =>
  zoo.tensor(
    Float32Array.from({ length: 96 }, (_, i) => Math.sin(i)),
    { shape: [2, 3, 4, 4] },
  );

test('keys are property names, list positions and sequence positions, own entries first', () => {
  expect([...new Net().namedState().keys()]).toEqual([
    'stem.weight',
    'bn.weight',
    'bn.bias',
    'bn.running_mean',
    'bn.running_var',
    'bn.num_batches_tracked',
    'blocks.0.weight',
    'blocks.0.bias',
    'blocks.1.weight',
    'blocks.1.bias',
    'tail.1.weight',
    'tail.1.bias',
    'fc.weight',
    'fc.bias',
  ]);
  const trainable = [...new Net().namedParameters().keys()];
  expect(trainable).not.toContain('bn.running_mean');
  expect(trainable).toHaveLength(11);
});

test('calling a module is calling its forward; memory returns when it is disposed', async () => {
  const before = zoo.memory();
  const net = new Net().initialize({ seed: 3 });
  expect(zoo.memory()).toEqual(before);
  const x = image();
  // Parameters are uploaded inside the scope by the first call and must outlive it.
  const first = zoo.scope(() => net(x));
  const second = zoo.scope(() => net.forward(x));
  expect(first.shape).toEqual([2, 5]);
  expect(await second.data()).toEqual(await first.data());
  for (const tensor of [x, first, second]) tensor.dispose();
  net.dispose();
  const { tensors, buffers, bytes } = zoo.memory();
  expect([tensors, buffers, bytes]).toEqual([before.tensors, before.buffers, before.bytes]);
});

test('weights are persistent in eval mode, not in train mode', () => {
  const layer = new Linear(2, 2).initialize();
  expect(layer.weight.for({ zoo }).persistent).toBe(true);
  layer.dispose();
  layer.initialize().train();
  expect(layer.weight.for({ zoo }).persistent).toBe(false);
  layer.dispose();
});

test('a parameter without a value says what to do', () => {
  const x = image();
  expect(() => zoo.scope(() => new Net()(x))).toThrow(/loadStateDict or initialize/);
  x.dispose();
});

test('a disposed module is used again only after it got values again', () => {
  const layer = new Linear(3, 1).initialize();
  const x = zoo.ones([1, 3]);
  layer(x).dispose();
  layer.dispose();
  expect(() => layer(x)).toThrow(ModelError);
  x.dispose();
  expect(() => layer.initialize()(x)).toThrow(DisposedError);
  layer.dispose();
});

test('initialising is reproducible and per key', async () => {
  const values = async (seed: number) =>
    (await new Net().initialize({ seed }).stateDict()).get('blocks.0.weight')!.toF32();
  expect(await values(1)).toEqual(await values(1));
  expect(await values(1)).not.toEqual(await values(2));
  const state = await new Net().initialize().stateDict();
  expect(state.get('blocks.0.weight')!.toF32()).not.toEqual(state.get('blocks.1.weight')!.toF32());
  // PyTorch's bound 1/√fanIn for 4 inputs.
  expect(Math.max(...state.get('blocks.0.weight')!.toF32().map(Math.abs))).toBeLessThanOrEqual(0.5);
});

test('initialising keeps what was loaded unless all of it is asked for', async () => {
  const layer = new Linear(1, 1);
  layer.weight.set(hostTensor([1, 1], Float32Array.of(7)));
  layer.initialize();
  expect((await layer.weight.host()).toF32()[0]).toBe(7);
  layer.initialize({ all: true });
  expect((await layer.weight.host()).toF32()[0]).not.toBe(7);
});

test('observers see dotted names and outputs, until they are stopped', () => {
  const net = new Net().initialize();
  const x = image();
  const seen: string[] = [];
  const stop = net.observe((name) => seen.push(name));
  zoo.scope(() => net(x)).dispose();
  expect(seen).toEqual(['stem', 'bn', 'blocks.0', 'blocks.1', 'tail.1', 'tail', 'fc', '']);
  stop();
  zoo.scope(() => net(x)).dispose();
  expect(seen).toHaveLength(8);
  x.dispose();
  net.dispose();
});

test('traces carry module names', () => {
  const net = new Net().initialize();
  const graph = zoo.trace((x) => net(x), [{ shape: [2, 3, 4, 4], dtype: 'f32' }]);
  const paths = graph.nodes.map((node) => `${node.op.name} ${node.path.join('.')}`);
  expect(paths).toEqual(
    expect.arrayContaining([
      'conv2d stem',
      'batch_norm bn',
      'conv2d blocks.1',
      'relu tail',
      'conv2d tail.1',
      'linear fc',
      'mean ',
    ]),
  );
  net.dispose();
});

test('train and eval reach every module and return the root', () => {
  const net = new Net();
  expect(net.train()).toBe(net);
  expect([...net.namedModules()].every(([, module]) => module.training)).toBe(true);
  net.eval();
  expect(net.bn.training).toBe(false);
  expect(net.bn).toBeInstanceOf(BatchNorm2d);
});

test('gradients flow to the tensors that parameters() names', async () => {
  const layer = new Linear(2, 1).initialize().train();
  const x = zoo.tensor([[1, 2]]);
  const { value, grads } = zoo.valueAndGrad(() => layer(x).sum(), layer.parameters(zoo));
  expect(Array.from(await grads['weight']!.data())).toEqual([1, 2]);
  expect(Array.from(await grads['bias']!.data())).toEqual([1]);
  for (const tensor of [x, value, ...Object.values(grads)]) tensor.dispose();
  layer.dispose();
});
