// What the tests ask the device in the page; each function returns what can be compared outside.
import {
  createZoo,
  defineOp,
  implement,
  linear,
  matmul,
  mean,
  mul,
  sub,
  tensor,
  type Device,
  type DeviceFactory,
  type Tensor,
  type Zoo,
  type ZooError,
} from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { auto, webgpu, webgpuKernel } from '../../src/index';
import { attentionMemory, linears, wideAttention } from './kernels';
import { missing, profiled, subgroups } from './missing';
import { meanwhile, prepared, unprepared } from './prepare';

const quiet = { log: () => undefined };
const told = (error: unknown) => {
  const { name, code, message, details } = error as ZooError;
  return { name, code, message, op: details?.op };
};
const failure = async (work: () => unknown) => {
  try {
    await work();
    return undefined;
  } catch (error) {
    return told(error);
  }
};

async function facts() {
  const zoo = await createZoo({ device: webgpu() });
  const { caps, name } = zoo.device;
  await zoo.dispose();
  return {
    name,
    maxBufferBytes: caps.maxBufferBytes,
    software: caps.info.software,
    adapter: String(caps.info.adapter),
  };
}

/** Many small writes, computations and reads, some of them at once, some of them pending when the buffers are freed again. */
async function traffic() {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const reads: Promise<ArrayLike<number>>[] = [];
  for (let i = 0; i < 300; i++) {
    const y = zoo.scope(() => zoo.full([5], i).mul(2).add(1));
    reads.push(y.data());
    y.dispose();
  }
  const all = await Promise.all(reads);
  const wrong = all.findIndex((values, i) => Array.from(values).some((v) => v !== 2 * i + 1));
  const bytes = zoo.tensor(Uint8Array.of(1, 0, 255, 7), { shape: [4] });
  const back = Array.from(await bytes.data());
  const sync = await failure(() => bytes.dataSync());
  await zoo.dispose();
  return { wrong, back, sync };
}

/** More workgroups than one row may have. */
async function folded() {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const n = 64 * 65535 + 1000;
  const y = zoo.scope(() => zoo.zeros([n]).add(zoo.ones([1])));
  const sum = ((await y.data()) as Float32Array).reduce((a, b) => a + b, 0);
  await zoo.dispose();
  return { n, sum };
}

const broken = defineOp({ name: 'test.broken', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
implement(broken, { composite: ([x]) => mul(x, 2) });

/** A shader that does not compile spoils what depends on it and nothing else. */
async function brokenShader() {
  const kernel = webgpuKernel(broken, {
    run(ctx, [x], [y]) {
      const make = () =>
        ({ ins: [['xs', 'f32']], outs: [['ys', 'f32']], params: [], body: 'ys[i] = nonsense;' }) as const;
      ctx.dispatch('test.broken', make, { ins: [x!.buffer], outs: [y!.buffer], size: y!.size });
    },
  });
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  await zoo.register([kernel as never], 'test');
  const x = zoo.ones([4]);
  await x.data();
  const y = broken(x);
  const direct = await failure(() => y.data());
  const through = await failure(() => mul(y, 3).data());
  const others = Array.from(await mul(x, 3).data());
  await zoo.dispose();
  return { direct, through, others };
}

/** Programs that a kernel lists are compiled when it is loaded: there the error is the load's. */
async function brokenLoad() {
  const program = { ins: [['xs', 'f32']], outs: [['ys', 'f32']], params: [], body: 'ys[i] = nonsense;' } as const;
  const kernel = webgpuKernel(broken, { programs: () => [['test.broken', program]], run: () => undefined });
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const error = await failure(() => zoo.register([kernel as never], 'test'));
  await zoo.dispose();
  return error;
}

async function tooLarge() {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const most = zoo.device.caps.maxBufferBytes;
  const shape = [most / 4 + 1];
  const given = await failure(() => zoo.zeros(shape));
  const narrow = await failure(() => zoo.zeros([most], 'u8'));
  // Refused by the op, and by every kernel of one that has no composite.
  const wrongType = await failure(() => zoo.ones([2, 2], 'i32').matmul(zoo.ones([2, 2], 'i32')));
  const noKernel = await failure(() => zoo.ones([3], 'i32').tanh());
  const after = Array.from(await zoo.ones([2]).data());
  await zoo.dispose();
  return { given, narrow, wrongType, noKernel, after };
}

/** Reads that are pending when the device goes away, calls after it, and a zoo made anew. */
async function lost() {
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const x = zoo.ones([1000]);
  await x.data();
  const pending = [0, 1, 2].map((i) => failure(() => mul(x, i).data()));
  (zoo.device as Device & { gpu: { destroy(): void } }).gpu.destroy();
  const errors = await Promise.all(pending);
  const later = await failure(() => mul(x, 2).data());
  await zoo.dispose();
  const again = await createZoo({ device: webgpu(), ...quiet });
  const works = Array.from(await again.ones([2]).mul(4).data());
  await again.dispose();
  return { errors, later, works };
}

const faulty = (spoil: (device: Device) => void) => async () => {
  const device = (await webgpu()()) as Device;
  spoil(device);
  return device;
};

async function automatic() {
  const result = async (...devices: DeviceFactory[]) => {
    const zoo = await createZoo({ device: auto(...devices), ...quiet });
    const said = { name: zoo.device.name, reason: zoo.device.caps.info.reason };
    const works = Array.from(await zoo.ones([2]).mul(4).data());
    await zoo.dispose();
    return { ...said, works };
  };
  const wrong = faulty((device) => {
    const read = device.read.bind(device);
    device.read = async (...args) => (await read(...args)).map((v) => v + 1) as Float32Array;
  });
  return {
    good: await result(webgpu(), wasm()),
    wrong: await result(wrong, wasm()),
    none: await result(() => Promise.reject(new Error('no adapter here')), wasm()),
  };
}

type Weights = { first: Tensor; second: Tensor };
function step(zoo: Zoo, weights: Weights, x: Tensor, y: Tensor): { weights: Weights; loss: Tensor } {
  const next = zoo.scope(() => {
    const loss = (w: Weights) => {
      const off = sub(linear(linear(x, w.first, { activation: 'tanh' }), w.second), y);
      return mean(mul(off, off));
    };
    const { value, grads } = zoo.valueAndGrad(loss, weights);
    const first = sub(weights.first, mul(grads.first, 0.1));
    return { loss: value, weights: { first, second: sub(weights.second, mul(grads.second, 0.1)) } };
  });
  weights.first.dispose();
  weights.second.dispose();
  return next;
}

/** Steps of gradient descent; memory after the tenth and the last, the losses, and the same on wasm. */
async function training(steps: number) {
  const run = async (device: ReturnType<typeof webgpu>) => {
    const zoo = await createZoo({ device, ...quiet });
    const waves = (rows: number, columns: number, rate: number) =>
      zoo.tensor(
        Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(rate * i) / 2),
        { shape: [rows, columns] },
      );
    const [x, y] = [waves(10, 4, 1), waves(10, 2, 3)];
    let weights: Weights = { first: waves(8, 4, 7), second: waves(2, 8, 7) };
    const losses: number[] = [];
    let flat = zoo.memory();
    for (let i = 0; i < steps; i++) {
      const done = step(zoo, weights, x, y);
      weights = done.weights;
      if (i % 50 === 49) losses.push(await done.loss.item());
      done.loss.dispose();
      if (i === 99) flat = zoo.memory();
    }
    const end = zoo.memory();
    await zoo.dispose();
    return { losses, flat, end };
  };
  return { gpu: await run(webgpu()), wasm: await run(wasm()) };
}

/** The large and the middle tile, shared sums, and rows in many batches, against doubles. */
async function products() {
  const shapes: [number[], number[], { transposeA?: boolean }][] = [
    [[1500, 40], [40, 1600], {}],
    [[300, 33], [33, 500], {}],
    [[5, 4000], [4000, 6], {}],
    [[3000, 5], [3000, 6], { transposeA: true }],
    [[300, 9, 4], [300, 4, 7], {}],
  ];
  const wave = (shape: number[], rate: number) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(rate * i));
  const zoo = await createZoo({ device: webgpu(), ...quiet });
  const worst: number[] = [];
  for (const [sa, sb, attrs] of shapes) {
    const [a, b] = [wave(sa, 0.7), wave(sb, 1.3)];
    const y = zoo.scope(() => matmul(zoo.tensor(a, { shape: sa }), zoo.tensor(b, { shape: sb }), attrs));
    worst.push(farthest(await y.data(), a, b, y.shape, attrs.transposeA ?? false));
    y.dispose();
  }
  await zoo.dispose();
  return worst;
}

/** Largest error of a product, over the sum of the magnitudes that were added up. */
function farthest(
  got: ArrayLike<number>,
  a: Float32Array,
  b: Float32Array,
  shape: readonly number[],
  transposed: boolean,
): number {
  const [m, n] = shape.slice(-2) as [number, number];
  const batches = got.length / (m * n);
  const k = a.length / (batches * m);
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    const [batch, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
    let [so, scale] = [0, 0];
    for (let l = 0; l < k; l++) {
      const left = a[batch * m * k + (transposed ? l * m + row : row * k + l)]!;
      const term = left * b[(batch * k + l) * n + column]!;
      so += term;
      scale += Math.abs(term);
    }
    worst = Math.max(worst, Math.abs(got[i]! - so) / scale);
  }
  return worst;
}

const tests = {
  ...{ facts, traffic, folded, brokenShader, brokenLoad, tooLarge, lost, automatic, training, products },
  ...{ prepared, meanwhile, unprepared, missing, profiled, subgroups, linears, wideAttention, attentionMemory },
};
export type Tests = typeof tests;
Object.assign(globalThis, { tests, ready: true });
