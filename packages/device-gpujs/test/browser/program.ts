import {
  add,
  createZoo,
  eq,
  exp,
  log,
  maximum,
  ne,
  pow,
  relu,
  sigmoid,
  tanh,
  type DeviceFactory,
  type Op,
  type Tensor,
} from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import efficientvit, { type EfficientViTModel } from '@paperzoo/efficientvit';
import { conform } from '@paperzoo/testing';
import { gpujs, type GpujsMode } from '../../src/index';
import { gpujsKernels } from '../../src/kernels/index';
import { Card } from './card';

const ops: readonly Op[] = [...new Set(gpujsKernels.map((kernel) => kernel.op))];

interface KitResult {
  readonly passed: number;
  readonly failures: readonly string[];
}

/** The conformance kit over some ops, or all; `skip` leaves out checks by a part of their name. */
async function runKit(mode: GpujsMode, names: readonly string[] | null, skip: readonly string[]): Promise<KitResult> {
  const chosen = names ? ops.filter((op) => names.includes(op.name)) : ops;
  const failures: string[] = [];
  let passed = 0;
  for (const { name, run } of conform(chosen, { devices: { [mode]: gpujs({ mode }) } })) {
    if (name.startsWith('gradient') || skip.some((part) => name.includes(part))) continue;
    try {
      await run();
      passed++;
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { passed, failures };
}

const card = new Card();

/** EfficientViT-M0 with fresh weights on a small image: logits, what each run asked of the card, and the memory's counters when all is given back. */
async function logits(device: DeviceFactory, side: number) {
  const zoo = await createZoo({ device, plugins: [efficientvit], log: () => undefined });
  const model = await zoo.load<EfficientViTModel>('efficientvit_m0', { weights: false, imgSize: side, numClasses: 10 });
  const pixels = Float32Array.from({ length: 3 * side * side }, (_, i) => Math.sin(i / 7));
  const x = zoo.tensor(pixels, { shape: [1, 3, side, side] });
  const results: number[][] = [];
  const asked: Card['counts'][] = [];
  // The second time everything is compiled already, and results take the place of others.
  for (let i = 0; i < 2; i++) {
    card.reset();
    const y = model.forward(x);
    results.push([...(await y.data())]);
    asked.push(card.counts);
    y.dispose();
  }
  x.dispose();
  model.dispose();
  const { tensors, bytes } = zoo.memory();
  await zoo.dispose();
  return { results, asked, left: { tensors, bytes } };
}

/** The model on gpu.js and on the reference device, and the largest difference relative to the largest logit. */
async function runM0(mode: GpujsMode, side: number) {
  const truth = (await logits(cpu(), side)).results[0]!;
  const { results, asked, left } = await logits(gpujs({ mode }), side);
  const most = Math.max(...truth.map(Math.abs));
  const error = Math.max(...results.flatMap((run) => run.map((v, i) => Math.abs(v - truth[i]!)))) / most;
  return { error, left, asked, finite: results.flat().every(Number.isFinite) };
}

/** Opens a zoo and tells its mode, or the error's code and message. */
async function open(mode?: GpujsMode): Promise<string> {
  try {
    const zoo = await createZoo({ device: gpujs(mode ? { mode } : {}) });
    const { info } = zoo.device.caps;
    await zoo.dispose();
    return String(info.mode);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
}

/** What becomes of infinities and of what is not a number, as text: neither travels as JSON. */
async function runExtremes(mode: GpujsMode): Promise<Record<string, string>> {
  const zoo = await createZoo({ device: gpujs({ mode }) });
  const of = (value: number) => zoo.tensor([value]);
  const told = async (tensors: Record<string, Tensor>) => {
    const entries = Object.entries(tensors).map(async ([name, y]) => `${name} ${(await y.data())[0]}`);
    return (await Promise.all(entries)).join(', ');
  };
  const unknown = of(NaN);
  const result = {
    NaN: await told({
      exp: exp(unknown),
      log: log(unknown),
      add: add(unknown, 1),
      pow: pow(unknown, 2),
      maximum: maximum(unknown, 1),
      relu: relu(unknown),
      sigmoid: sigmoid(unknown),
      ne: ne(unknown, unknown),
      eq: eq(unknown, unknown),
    }),
    inf: await told({
      exp: exp(of(Infinity)),
      'exp-': exp(of(-Infinity)),
      log: log(of(Infinity)),
      log0: log(of(0)),
      'tanh-': tanh(of(-Infinity)),
      softmax: zoo.tensor([-Infinity, 1]).softmax(-1),
    }),
  };
  await zoo.dispose();
  return result;
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code ?? String(error),
  );

/** A chain of ops reads once; each failure has its code; a lost card rejects reads and leaves the zoo disposable. */
async function runDevice(mode: GpujsMode) {
  const zoo = await createZoo({ device: gpujs({ mode }) });
  const x = zoo.tensor([1, 2, 3, 4]);
  card.reset();
  const y = zoo.scope(() => {
    let so = x.mul(1);
    for (let i = 0; i < 20; i++) so = so.add(1).mul(1);
    return so;
  });
  const chained = await y.array();
  const { reads } = card;
  const before = zoo.memory();
  const step = () => zoo.scope(() => x.softmax(-1).exp()).dispose();
  step();
  await x.data();
  const level = zoo.memory().reservedBytes;
  for (let i = 0; i < 1000; i++) step();
  await x.data();
  const after = zoo.memory();
  let sync: string;
  try {
    sync = String(y.dataSync());
  } catch (error) {
    sync = (error as { code: string }).code;
  }
  card.lose();
  // Browsers tell of a loss a moment later.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const lost = await codeOf((async () => y.add(1).data())());
  await zoo.dispose();
  const another = await createZoo({ device: gpujs({ mode }) });
  const again = await another.tensor([1, 2]).add(1).array();
  await another.dispose();
  const flat = after.bytes === before.bytes && after.tensors === before.tensors && after.reservedBytes === level;
  return { chained, reads, flat, sync, lost, again };
}

Object.assign(globalThis, { runKit, runExtremes, runM0, runDevice, open });
