import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { graphCost, type Zoo } from '@paperzoo/core';
import { EfficientViT, efficientvitVariants, fuseEfficientViT } from '../src/index';
import { CascadedGroupAttention } from '../src/models/blocks/cascaded-group-attention';
import { fusedCases } from './cases/fused';
import { failures } from './harness/check';
import { readFixtures } from './harness/node';
import { runCase, zooOn } from './harness/run';
import { TINY } from './tiny';

const fixtures = readFixtures();
const costs = fixtures.json<Record<string, { macs: number; fused_params: number }>>('cost.json');

let zoo: Zoo;
beforeAll(async () => {
  zoo = await zooOn('cpu');
});
afterAll(() => zoo.dispose());

test.each(Object.keys(fusedCases))('%s', async (name) => {
  expect(failures(await runCase({ zoo, fixtures }, name))).toBeNull();
});

test('a module without values cannot be folded, and nothing stays behind', async () => {
  const { tensors } = zoo.memory();
  await expect(fuseEfficientViT(zoo, new EfficientViT(TINY))).rejects.toThrow(/no value/);
  expect(zoo.memory().tensors).toBe(tensors);
});

test.each(Object.keys(efficientvitVariants))('%s costs what upstream costs, by count', async (name) => {
  const module = new EfficientViT(efficientvitVariants[name as keyof typeof efficientvitVariants]).initialize();
  const fused = await fuseEfficientViT(zoo, module);
  const spec = { shape: [1, 3, 224, 224], dtype: 'f32' } as const;
  const { macs, fused_params: parameters } = costs[`${name}_224`]!;
  expect(graphCost(zoo.trace((x) => fused.forward(x), [spec])).macs).toBe(macs);
  expect(zoo.listModels(`${name}.*_in1k`)[0]!.macs).toBe(macs);
  // Upstream counts the bias tables apart and as tables; here they are spread over all pairs of tokens.
  const spread = [...module.namedModules()].reduce(
    (sum, [, m]) => sum + (m instanceof CascadedGroupAttention ? m.numHeads * m.resolution ** 4 : 0),
    0,
  );
  expect(fused.size - spread).toBe(parameters);
  fused.dispose();
});

test('the module costs the same, and both graphs name their layers', () => {
  const module = new EfficientViT(TINY).initialize();
  const spec = { shape: [1, 3, 112, 112], dtype: 'f32' } as const;
  const graph = zoo.trace((x) => module(x), [spec]);
  const paths = new Set(graph.nodes.map((node) => node.path.join('.')));
  for (const path of [
    'patch_embed.conv1.conv',
    'stages.1.downsample.patchmerge.se.fc1',
    'stages.2.blocks.1.mixer.m.attn.dws.3.conv',
    'head.linear',
  ]) {
    expect(paths).toContain(path);
  }
  module.dispose();
});
