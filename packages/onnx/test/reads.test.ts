import { createZoo, linear, TraceError, type Tensor, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { Linear, Module } from '@paperzoo/nn';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportOnnx } from '../src/index';

/** A layer that does with its input's data what a graph cannot. */
class Reader extends Module<[x: Tensor], never> {
  constructor(private readonly read: (x: Tensor) => unknown) {
    super();
  }

  forward(x: Tensor): never {
    return this.read(x) as never;
  }
}

/** An encoder of two layers, the second of which reads. */
class Net extends Module<[x: Tensor], never> {
  readonly encoder: readonly [Linear, Reader];

  constructor(read: (x: Tensor) => unknown) {
    super();
    this.encoder = [new Linear(4, 4), new Reader(read)];
  }

  forward(x: Tensor): never {
    return this.encoder[1](this.encoder[0](x));
  }
}

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu() });
});
afterAll(() => zoo.dispose());

test.each<[string, (x: Tensor) => unknown]>([
  ['a number that is read', (x) => x.mul(x.dataSync()[0]!)],
  ['a shape that depends on data', (x) => x.reshape([x.dataSync()[0]!, 4])],
  ['a length that depends on data', (x) => x.slice(0, 0, x.argmax(0).dataSync()[0]!)],
  ['data that is awaited', async (x) => x.mul(await x.item())],
  ['data that is awaited and forgotten', async (x) => void (await x.data())],
])('%s is refused with the modules that led there', async (_what, read) => {
  const net = new Net(read).initialize();
  const { tensors } = zoo.memory();
  const error = await exportOnnx(zoo, net, [{ shape: [2, 4], dtype: 'f32' }]).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(TraceError);
  expect((error as TraceError).message).toMatch(/while tracing encoder\.1: no graph can depend on data/);
  expect((error as TraceError).details.where).toBe('encoder.1');
  net.dispose();
  expect(zoo.memory().tensors).toBe(tensors);
});

test('outside of modules the function is named', async () => {
  const read = (x: Tensor) => linear(x, zoo.zeros([2, Number(x.dataSync()[0])]));
  await expect(exportOnnx(zoo, read, [{ shape: [2, 4], dtype: 'f32' }])).rejects.toThrow('tracing the function');
});
