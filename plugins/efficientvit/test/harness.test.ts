import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BatchNorm2d } from '@paperzoo/nn';
import { imagenetLabels } from '../src/labels';
import { ConvNorm } from '../src/models/blocks/conv-norm';
import { moduleCase } from './cases/modules';
import { compare, failures } from './harness/check';
import { crc32, det } from './harness/det';
import { readFixtures, SAMPLES } from './harness/node';
import { zooOn } from './harness/run';

const fixtures = readFixtures();

test('generated tensors have the published check values', () => {
  expect(crc32('123456789')).toBe(0xcbf43926);
  expect([...det(['a', [3], 1, 0])]).toEqual([0.546301007270813, -0.8631362915039062, -0.12234628200531006]);
  expect([...det(['gla/pub/basic/q', [4], 1, 0])]).toEqual([
    0.8387157917022705, -0.299888014793396, 0.6015894412994385, 0.7610379457473755,
  ]);
});

test('the comparison rule is the manifest’s, and NaN, infinity and wrong sizes never pass', () => {
  expect(compare('x', [1.0002], [1], { atol: 1e-4, rtol: 1e-4 }).ratio).toBeCloseTo(1, 6);
  expect(compare('x', [1, 2], [1, 2], {}).ratio).toBe(0);
  for (const bad of [[NaN], [Infinity], [1, 2]]) {
    const check = compare('x', bad, [1], { atol: 1e9 });
    expect(check.ratio).toBe(Infinity);
    expect(failures([check])).toContain('x:');
  }
  expect(failures([compare('x', [1], [1], {})])).toBeNull();
});

test('every stored tensor that the manifest names is there, in its shape', () => {
  for (const name of fixtures.names) {
    const entry = fixtures.find(name);
    for (const expected of Object.values(entry.outputs)) {
      const { shape } = fixtures.tensor(entry.file, expected.tensor);
      if (expected.shape && expected.sample_stride === undefined) expect(shape).toEqual(expected.shape);
    }
  }
});

test('the labels are the published list: ids ascending, first lemma as name', () => {
  const { labels } = JSON.parse(readFileSync(join(SAMPLES, 'imagenet1k.labels.json'), 'utf8')) as {
    labels: [string, string][];
  };
  const packed = imagenetLabels();
  expect(packed).toHaveLength(1000);
  expect(packed.map((label) => [label.wnid, label.name])).toEqual(
    labels.map(([wnid, lemmas]) => [wnid, lemmas.split(',')[0]!.trim()]),
  );
  expect([...packed].sort((a, b) => (a.wnid < b.wnid ? -1 : 1))).toEqual(packed);
});

test('a slightly wrong formula fails: epsilon 1e-3 in a norm instead of 1e-5', async () => {
  const zoo = await zooOn('cpu');
  const entry = fixtures.find('convnorm_pw');
  const run = (eps: number) =>
    moduleCase((h) =>
      Object.assign(new ConvNorm(Number(h.in_chs), Number(h.out_chs)), { bn: new BatchNorm2d(10, { eps }) }),
    )({ zoo, fixtures }, entry);
  expect(failures(await run(1e-5))).toBeNull();
  expect(failures(await run(1e-3))).toMatch(/^out: /);
  await zoo.dispose();
});
