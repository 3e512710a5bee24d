// What the device says where the machine lacks something: each function takes something away from the page's WebGPU, and gives it back.
import { createZoo, mul, type ZooError } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { profileCall, webgpu } from '../../src/index';

const quiet = { log: () => undefined };

async function without<T>(target: object, name: string, value: PropertyDescriptor, work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(target, name)!;
  Object.defineProperty(target, name, { ...value, configurable: true });
  try {
    return await work();
  } finally {
    Object.defineProperty(target, name, before);
  }
}

const told = async (work: () => Promise<unknown>) => {
  try {
    await work();
    return undefined;
  } catch (error) {
    const { name, code, message, details } = error as ZooError;
    return { name, code, message, remedy: details?.remedy };
  }
};

const open = () => told(() => createZoo({ device: webgpu(), ...quiet }));

/** No WebGPU, no adapter, an adapter that gives no device. */
export async function missing() {
  const refused = () => Promise.reject(new TypeError('out of devices'));
  return {
    gpu: await without(Navigator.prototype, 'gpu', { get: () => undefined }, open),
    adapter: await without(GPU.prototype, 'requestAdapter', { value: () => Promise.resolve(null) }, open),
    device: await without(GPUAdapter.prototype, 'requestDevice', { value: refused }, open),
  };
}

/** A profile, and what is said where there can be none. */
export async function profiled() {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const x = zoo.ones([64, 64]);
  const call = async () => {
    const y = zoo.scope(() => x.matmul(x).softmax(1));
    const data = await y.data();
    y.dispose();
    return data;
  };
  // What was enqueued before is not the call's.
  mul(x, 2).dispose();
  const profile = await profileCall(zoo, call);
  const first = profileCall(zoo, call);
  const twice = await told(() => profileCall(zoo, call));
  await first;
  const thrown = await told(() =>
    profileCall(zoo, () => {
      throw new Error('halfway');
    }),
  );
  const after = (await call())[0];
  await zoo.dispose();
  const onWasm = await createZoo({ device: wasm() });
  const elsewhere = await told(() => profileCall(onWasm, () => undefined));
  await onWasm.dispose();
  const clockless = await without(GPUAdapter.prototype, 'features', { get: () => new Set() }, async () => {
    const plain = await createZoo({ device: webgpu(), ...quiet });
    const said = await told(() => profileCall(plain, () => undefined));
    const works = Array.from(await plain.ones([2]).data());
    await plain.dispose();
    return { said, works };
  });
  return { profile, twice, thrown, after, elsewhere, clockless };
}
