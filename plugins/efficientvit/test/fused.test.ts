import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createZoo, graphCost, type Tensor, type Zoo } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { hostTensor, type HostTensor } from '@paperzoo/nn';
import plugin, { EfficientViT, efficientvitVariants, fuseEfficientViT, type EfficientViTConfig } from '../src/index';
import { CascadedGroupAttention } from '../src/models/blocks/cascaded-group-attention';
import { det } from './harness/det';
import { readFixtures } from './harness/node';
import { TINY } from './tiny';

const costs = readFixtures().json<Record<string, { macs: number; fused_params: number }>>('cost.json');

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu(), plugins: [plugin] });
});
afterAll(() => zoo.dispose());

/** A module with values everywhere: norms that scale and shift, tables that are not zero. */
function filled(config: EfficientViTConfig): EfficientViT {
  const module = new EfficientViT(config).initialize({ seed: 1 });
  const state = new Map<string, HostTensor>();
  for (const [key, { shape }] of module.namedParameters()) {
    if (key.endsWith('bn.weight')) state.set(key, hostTensor(shape, det([key, shape, 0.25, 1])));
    if (key.endsWith('bias') || key.endsWith('biases')) state.set(key, hostTensor(shape, det([key, shape, 0.2, 0])));
  }
  for (const [key, { shape }] of module.namedState()) {
    if (key.endsWith('running_mean')) state.set(key, hostTensor(shape, det([key, shape, 0.3, 0])));
    if (key.endsWith('running_var')) state.set(key, hostTensor(shape, det([key, shape, 0.4, 1])));
  }
  module.loadStateDict(state, { strict: false });
  return module;
}

const near = async (a: Tensor, b: Tensor) => {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [Array.from(await a.data()), Array.from(await b.data())];
  const scale = y.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const worst = x.reduce((most, v, i) => Math.max(most, Math.abs(v - y[i]!)), 0);
  expect(worst / scale).toBeLessThan(5e-6);
};

const cases: [string, EfficientViTConfig, number[]][] = [
  ['windows without padding', TINY, [2, 3, 112, 112]],
  ['padded windows', { ...TINY, imgSize: 160 }, [1, 3, 160, 160]],
  ['one input channel, wide keys', { ...TINY, inChans: 1, keyDim: [8, 16, 2] }, [1, 1, 112, 112]],
  ['distilled', { ...TINY, distillation: true }, [1, 3, 112, 112]],
  ['any size, maps smaller than the window', { ...TINY, imgSize: null, numClasses: 0 }, [1, 3, 96, 176]],
  ['no classifier, no pooling', { ...TINY, numClasses: 0, globalPool: '' }, [1, 3, 112, 112]],
];

test.each(cases)('the inference graph equals the module: %s', async (_, config, shape) => {
  const before = zoo.memory();
  const module = filled(config);
  const fused = await fuseEfficientViT(zoo, module);
  const x = zoo.tensor(det(['image', shape, 1, 0]), { shape });
  const y = zoo.scope(() => module(x));
  const z = fused.forward(x);
  await near(z, y);
  const maps = zoo.scope(() => module.forwardIntermediates(x));
  const fusedMaps = fused.forwardIntermediates(x);
  expect(fusedMaps).toHaveLength(3);
  for (const [i, map] of fusedMaps.entries()) await near(map, maps[i]!);
  const last = fused.forwardFeatures(x);
  expect(await last.data()).toEqual(await fusedMaps[2]!.data());
  for (const owned of [x, y, z, last, ...maps, ...fusedMaps, module, fused]) owned.dispose();
  const { tensors, bytes } = zoo.memory();
  expect([tensors, bytes]).toEqual([before.tensors, before.bytes]);
});

test('values that are already on the device are folded as well', async () => {
  const module = filled(TINY);
  const x = zoo.tensor(det(['image', [1, 3, 112, 112], 1, 0]), { shape: [1, 3, 112, 112] });
  const y = zoo.scope(() => module(x));
  const fused = await fuseEfficientViT(zoo, module);
  const z = fused.forward(x);
  await near(z, y);
  for (const owned of [x, y, z, module, fused]) owned.dispose();
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
