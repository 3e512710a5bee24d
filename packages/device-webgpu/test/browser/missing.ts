// What the device says where the machine lacks something: each function takes something away from the page's WebGPU, and gives it back.
import { createZoo, layerNorm, mul, type ZooError } from '@paperzoo/core';
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

/** Rows added up by halving and by subgroups: twice each, largest difference between both, and of the second from itself. */
export async function subgroups() {
  const rows = async (wanted: boolean) => {
    const zoo = await createZoo({ device: webgpu({ subgroups: wanted }), ...quiet });
    const x = zoo.tensor(
      Float32Array.from({ length: 40 * 500 }, (_, i) => Math.sin(i * i)),
      { shape: [40, 500] },
    );
    const norm = async () =>
      (await zoo.scope(() => layerNorm(x, null, null, { normalizedShape: [500] })).data()) as Float32Array;
    const [first, again] = [await norm(), await norm()];
    const has = zoo.device.caps.info.subgroups;
    await zoo.dispose();
    return { first, again, has };
  };
  const [without, with_] = [await rows(false), await rows(true)];
  const apart = (a: Float32Array, b: Float32Array) =>
    a.reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i]!)), 0);
  return {
    has: [without.has, with_.has],
    between: apart(without.first, with_.first),
    repeated: apart(with_.first, with_.again),
  };
}
