import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AbortError, AttrError, createZoo, DisposedError, ModelError, ShapeError, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { parseSafetensors, writeSafetensors, type CheckpointTensor, type WritableTensor } from '@paperzoo/hub';
import plugin, { type EfficientViTModel, type EfficientViTOptions } from '../src/index';
import { compare, failures } from './harness/check';
import { FIXTURES, readFixtures, SAMPLES } from './harness/node';

const fixtures = readFixtures();
const M0 = join(FIXTURES, 'checkpoint/efficientvit_m0.f16.safetensors');
const bytes = new Uint8Array(readFileSync(M0));
const photo = (name: string) => join(SAMPLES, `${name}.jpg`);

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu(), plugins: [plugin] });
});
afterAll(() => zoo.dispose());
let before: ReturnType<Zoo['memory']>;
beforeEach(() => {
  before = zoo.memory();
});
const expectNothingKept = () => {
  const { tensors, bytes: held } = zoo.memory();
  expect([tensors, held]).toEqual([before.tensors, before.bytes]);
};

const load = (options: EfficientViTOptions = {}) =>
  zoo.load<EfficientViTModel>('efficientvit_m0', { weights: bytes, ...options });

/** Upstream's checkpoint with some tensors replaced, added (a new key) or taken away (undefined). */
function altered(
  change: Record<string, ((old: CheckpointTensor | undefined) => WritableTensor) | undefined>,
): Uint8Array {
  const tensors = new Map<string, WritableTensor>(parseSafetensors(bytes));
  for (const [key, make] of Object.entries(change)) {
    if (make) tensors.set(key, make(tensors.get(key) as CheckpointTensor | undefined));
    else tensors.delete(key);
  }
  return writeSafetensors(tensors);
}

test.each(['chelsea', 'rocket'])('%s gets the top five of upstream, from the file on', async (name) => {
  const entry = fixtures.find(`photo_${name}`);
  const model = await zoo.load<EfficientViTModel>('efficientvit_m0.r224_in1k', { weights: M0 });
  const top = await model.classify(photo(name));
  expect(top.map(({ index, wnid }) => ({ index, wnid }))).toEqual(
    entry.top5!.map(({ index, wnid }) => ({ index, wnid })),
  );
  expect(top.every(({ label }) => typeof label === 'string' && label.length > 0)).toBe(true);
  top.forEach(({ score, logit }, i) => {
    expect(Math.abs(score - entry.top5![i]!.prob)).toBeLessThan(1e-5);
    expect(Math.abs(logit - entry.top5![i]!.logit)).toBeLessThan(1e-3);
  });
  model.dispose();
  expectNothingKept();
});

test('the module for training gives the same answer as the inference graph, also in a batch', async () => {
  const fast = await load();
  const slow = await load({ train: true });
  expect(slow.module.training).toBe(true);
  slow.train(false);
  const images = [photo('rocket'), photo('chelsea')];
  const [a, b] = [await fast.classify(images, { topk: 3 }), await slow.classify(images, { topk: 3 })];
  expect(a).toHaveLength(2);
  a.forEach((row, i) => row.forEach(({ index, logit }, k) => {
    expect(index).toBe(b[i]![k]!.index);
    expect(logit).toBeCloseTo(b[i]![k]!.logit, 3);
  })); // prettier-ignore
  expect(await fast.classify([])).toEqual([]);
  expect(() => fast.train()).toThrow(/train: true/);
  fast.dispose();
  slow.dispose();
  expectNothingKept();
});

test('saving what was loaded gives the same tensors, byte for byte, in the published file’s own dtypes', async () => {
  const model = await load();
  const [saved, original] = [parseSafetensors(writeSafetensors(await model.stateDict())), parseSafetensors(bytes)];
  expect([...saved.keys()].sort()).toEqual([...original.keys()].sort());
  for (const [key, tensor] of saved) {
    const { dtype, shape, bytes: stored } = original.get(key)!;
    // The sample's counters are vectors of one; they are saved as the scalars that upstream wants.
    expect([key, tensor.dtype, tensor.shape]).toEqual([key, dtype, dtype === 'I64' ? [] : shape]);
    expect(Buffer.compare(tensor.bytes, stored)).toBe(0);
  }
  model.dispose();
});

test('features are the three stages, with or without the classifier', async () => {
  const entry = fixtures.find('photo_chelsea');
  const model = await load({ featuresOnly: true });
  const x = await model.preprocess(photo('chelsea'));
  const maps = model.features(x);
  expect(maps.map((map) => map.shape)).toEqual([[1, 64, 14, 14], [1, 128, 7, 7], [1, 192, 4, 4]]); // prettier-ignore
  for (const [i, map] of maps.entries()) {
    const expected = entry.outputs[`stages.${i}`]!;
    const stored = fixtures.tensor(entry.file, expected.tensor).values;
    const values = await map.data();
    const stride = expected.sample_stride ?? 1;
    const sampled = Float32Array.from(stored, (_, k) => values[k * stride]!);
    expect(failures([compare(`stages.${i}`, sampled, stored, expected)])).toBeNull();
  }
  const [last] = model.features(x, [-1]);
  expect(await last!.data()).toEqual(await maps[2]!.data());
  expect(() => model.features(x, [3])).toThrow(/no stage 3/);
  await expect(model.classify(photo('chelsea'))).rejects.toThrow(/without a classifier/);
  for (const tensor of [x, last!, ...maps]) tensor.dispose();
  model.dispose();
  expectNothingKept();
});

test('another number of classes gets a fresh, reproducible classifier', async () => {
  const a = await load({ numClasses: 7, seed: 4 });
  const b = await load({ numClasses: 7, seed: 4, labels: 'abcdefg'.split('') });
  expect(a.config['numClasses']).toBe(7);
  const [one, two] = [await a.classify(photo('chelsea')), await b.classify(photo('chelsea'), { topk: 99 })];
  expect(two).toHaveLength(7);
  expect(one[0]).toEqual({ index: two[0]!.index, score: two[0]!.score, logit: two[0]!.logit });
  expect(two[0]!.label).toBe('abcdefg'[two[0]!.index]);
  a.dispose();
  b.dispose();
});

test("the checkpoint's number of classes is taken when none is asked for", async () => {
  const head = (shape: number[]) => () => ({ shape, data: new Float32Array(shape.reduce((p, n) => p * n, 1)) });
  const weights = altered({ 'head.linear.weight': head([5, 192]), 'head.linear.bias': head([5]) });
  const model = await load({ weights });
  expect(model.config['numClasses']).toBe(5);
  model.dispose();
});

test('globalPool "" returns the last map', async () => {
  const model = await load({ globalPool: '', numClasses: 0 });
  const x = await model.preprocess(photo('chelsea'));
  const map = model.forward(x);
  expect(map.shape).toEqual([1, 192, 4, 4]);
  for (const owned of [x, map, model]) owned.dispose();
  await expect(load({ globalPool: '', numClasses: 10 })).rejects.toThrow(/globalPool/);
});

test('a detector’s backbone takes any size', async () => {
  await expect(load({ imgSize: null, featuresOnly: true })).rejects.toThrow(/windows of 4×4 tokens; at imgSize any/);
  const model = await load({ imgSize: null, featuresOnly: true, resizeBias: true });
  const x = zoo.ones([1, 3, 96, 160]);
  const maps = model.features(x);
  expect(maps.map((map) => map.shape.slice(2))).toEqual([[6, 10], [3, 5], [2, 3]]); // prettier-ignore
  for (const owned of [x, model, ...maps]) owned.dispose();
  expectNothingKept();
});

test('fresh weights need no checkpoint', async () => {
  const model = await load({ weights: false, imgSize: 64, numClasses: 3 });
  const x = zoo.ones([1, 3, 64, 64]);
  const y = model.forward(x);
  expect(y.shape).toEqual([1, 3]);
  expect((await y.data()).every(Number.isFinite)).toBe(true);
  for (const owned of [x, y, model]) owned.dispose();
  expectNothingKept();
});

test('inputs of another size are refused with both sizes', async () => {
  const model = await load();
  const x = zoo.zeros([1, 3, 192, 192]);
  expect(() => model.forward(x)).toThrow(ShapeError);
  expect(() => model.forward(x)).toThrow(/\[batch, 3, 224, 224\], got \[1, 3, 192, 192\]/);
  x.dispose();
  model.dispose();
  expectNothingKept();
  model.dispose();
  await expect(model.classify(photo('chelsea'))).rejects.toThrow(DisposedError);
});

test('options are checked before anything is fetched', async () => {
  const fails = (options: EfficientViTOptions) => expect(load({ weights: '/nowhere', ...options })).rejects;
  await fails({ numclasses: 3 }).toThrow(AttrError);
  await fails({ numclasses: 3 }).toThrow(/unknown option "numclasses"/);
  await fails({ imgSize: 100 }).toThrow(/multiple of 16/);
  await fails({ imgSize: -224 }).toThrow(ModelError);
  await fails({ numClasses: 1.5 }).toThrow(/numClasses/);
  await fails({ inChans: 0 }).toThrow(/inChans/);
  await fails({ weights: 'hf:timm/efficientvit_b0.r224_in1k' }).toThrow(/MIT's EfficientViT/);
  await fails({ weights: bytes, labels: ['one'] }).toThrow(/list of 1000 strings, got a list of 1/);
  const model = await load();
  await expect(model.classify(photo('chelsea'), { topk: 0 })).rejects.toThrow(AttrError);
  model.dispose();
  expectNothingKept();
});

test('a load that was aborted leaves nothing', async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(load({ signal: controller.signal })).rejects.toThrow(AbortError);
  expectNothingKept();
});

test('damaged values name their tensor', async () => {
  const set = (at: number, value: number) => (old: CheckpointTensor | undefined) => {
    const data = Float32Array.from(old!.toF32());
    data[at] = value;
    return { shape: old!.shape, data };
  };
  const fails = (change: Parameters<typeof altered>[0]) => expect(load({ weights: altered(change) })).rejects;
  const variance = 'stages.1.blocks.0.dw0.m.bn.running_var';
  await fails({ 'patch_embed.conv2.conv.weight': set(9, NaN) }).toThrow(/conv2.conv.weight holds NaN at element 9/);
  await fails({ 'head.linear.bias': set(0, -Infinity) }).toThrow(/head.linear.bias holds -Infinity/);
  await fails({ [variance]: set(3, -0.5) }).toThrow(/running_var is negative at element 3/);
  const half = (old: CheckpointTensor | undefined) => {
    const copy = old!.bytes.slice();
    copy.set([0x00, 0x7c], 4);
    return { shape: old!.shape, dtype: 'F16' as const, bytes: copy };
  };
  await fails({ 'head.bn.weight': half }).toThrow(/head.bn.weight holds Infinity at element 2/);
  expectNothingKept();
});

test('checkpoints that do not fit say how', async () => {
  const { 'stages.2.blocks.2.ffn1.m.pw2.bn.bias': gone } = { 'stages.2.blocks.2.ffn1.m.pw2.bn.bias': undefined };
  const weights = altered({
    'stages.2.blocks.2.ffn1.m.pw2.bn.bias': gone,
    'stages.9.what': () => ({ shape: [1], data: new Float32Array(1) }),
    'head.bn.weight': () => ({ shape: [191], data: new Float32Array(191) }),
    'head.bn.bias': () => ({ shape: [192], data: new Int32Array(192) }),
  });
  await expect(load({ weights })).rejects.toThrow(
    /1 missing: stages.2.blocks.2.ffn1.m.pw2.bn.bias; 1 unexpected: stages.9.what; 1 of another shape: head.bn.weight \(expected \[192\], got \[191\]\); 1 of another dtype: head.bn.bias/,
  );
  await expect(zoo.load('efficientvit_m3', { weights: bytes })).rejects.toThrow(
    /this looks like a checkpoint of efficientvit_m0\./,
  );
  expectNothingKept();
});
