import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createZoo, ModelError, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { parseSafetensors } from '@paperzoo/hub';
import { hostTensor, type HostTensor } from '@paperzoo/nn';
import plugin, { EfficientViT, efficientvitVariants, loadEfficientViTState } from '../src/index';
import { timmKeys } from '../src/models/efficientvit-keys';
import { resizeBiasTable } from '../src/models/resize-bias';
import { tinyLogits } from './cases/state';
import { compare, failures } from './harness/check';
import type { KeyListing } from './harness/fixtures';
import { readFixtures } from './harness/node';
import { TINY } from './tiny';

const fixtures = readFixtures();
const read = (name: string) => parseSafetensors(fixtures.bytes(`checkpoint/${name}.f32.safetensors`), { file: name });
const timm = read('tiny_timm');
const cream = read('tiny_cream');

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu(), plugins: [plugin] });
});
afterAll(() => zoo.dispose());

const logits = (state: ReadonlyMap<string, HostTensor>) => tinyLogits(zoo, state);

test.each(Object.keys(efficientvitVariants))('%s has upstream’s keys, shapes and dtypes', (name) => {
  const listing = fixtures.json<KeyListing>(`keys/${name}.json`);
  const module = new EfficientViT(efficientvitVariants[name as keyof typeof efficientvitVariants]);
  const own = [...module.namedState()].map(([key, { shape }]) => `${key} ${shape.join('x')}`).sort();
  expect(own).toEqual(listing.entries.map(([key, shape]) => `${key} ${shape.join('x')}`).sort());
  const parameters = [...module.namedParameters().values()].reduce((sum, { size }) => sum + size, 0);
  expect(parameters).toBe(listing.params);
});

test('both published layouts hold the same model', async () => {
  expect([...timmKeys(cream).keys()].sort()).toEqual([...timm.keys()].sort());
  const expected = await logits(timm);
  expect(await logits(cream)).toEqual(expected);
});

test('wrapped and prefixed checkpoints, and flat 1×1 weights, are taken', async () => {
  const expected = await logits(timm);
  const prefixed = new Map([...cream].map(([key, value]) => [`model.module.${key}`, value as HostTensor]));
  expect(await logits(prefixed)).toEqual(expected);
  const flat = new Map<string, HostTensor>(
    [...cream].map(([key, value]) => [
      key,
      value.shape.length === 4 && value.shape[2] === 1 && value.shape[3] === 1 && value.shape[1]! > 1
        ? hostTensor(value.shape.slice(0, 2), value.toF32())
        : value,
    ]),
  );
  expect(await logits(flat)).toEqual(expected);
});

test('a distillation head is left out, or kept when the model has one', async () => {
  const head = new Map<string, HostTensor>(
    [...cream]
      .filter(([key]) => key.startsWith('head.'))
      .map(([key, value]) => [key.replace('head.', 'head_dist.'), value]),
  );
  const both = new Map<string, HostTensor>([...cream, ...head]);
  expect(await logits(both)).toEqual(await logits(timm));
  const module = new EfficientViT({ ...TINY, distillation: true });
  loadEfficientViTState(module, both, { model: 'tiny' });
  expect((await module.stateDict()).get('head_dist.linear.weight')!.toF32()).toEqual(
    cream.get('head.l.weight')!.toF32(),
  );
  expect(() => module.train()(zoo.ones([1, 3, 112, 112]))).toThrow(/forwardPair/);
  module.dispose();
});

test.each(['4to7', '7to4', '7to14', '3to7', '7to6'])('bias tables are resized as PyTorch does: %s', (name) => {
  const entry = fixtures.find('bias_resize');
  const expected = entry.outputs[name]!;
  const stored = fixtures.tensor(entry.file, expected.tensor).values;
  const source = fixtures.resolve(entry, expected.source!);
  const [from, to] = name.split('to').map(Number) as [number, number];
  const resized = resizeBiasTable(source.values as Float32Array, 3, from, to);
  expect(failures([compare(name, resized, stored, expected)])).toBeNull();
});

test('tables for other windows are refused with both sizes, and resized on request', async () => {
  const larger = new EfficientViT({ ...TINY, imgSize: 224 });
  expect(() => loadEfficientViTState(larger, timm, { model: 'tiny' })).toThrow(ModelError);
  expect(() => loadEfficientViTState(larger, timm, { model: 'tiny' })).toThrow(
    /attention_biases \(and 2 more\) was made for windows of 4×4 tokens; at imgSize 224 the model has 7×7.*resizeBias/,
  );
  loadEfficientViTState(larger, timm, { model: 'tiny', resizeBias: true });
  const key = 'stages.1.blocks.0.mixer.m.attn.attention_biases';
  const table = (await larger.stateDict()).get(key)!;
  expect(table.shape).toEqual([3, 49]);
  expect(table.toF32()).toEqual(resizeBiasTable(timm.get(key)!.toF32(), 3, 4, 7));
});

test('a table with another number of heads is a wrong shape, not something to resize', () => {
  const state = new Map<string, HostTensor>(timm);
  const key = 'stages.0.blocks.0.mixer.m.attn.attention_biases';
  state.set(key, hostTensor([5, 49], new Float32Array(5 * 49)));
  const load = () => loadEfficientViTState(new EfficientViT(TINY), state, { model: 'tiny', resizeBias: true });
  expect(load).toThrow(/another shape.*expected \[2, 49\], got \[5, 49\]/);
});

test('the other EfficientViT is recognised by its keys', () => {
  const state = new Map([['stem.in_conv.conv.weight', hostTensor([1], Float32Array.of(1))]]);
  expect(() => loadEfficientViTState(new EfficientViT(TINY), state, { model: 'tiny' })).toThrow(/MIT's EfficientViT/);
});
