import { expect, test } from '@jest/globals';
import { createZoo, ModelError, ShapeError } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import efficientvit, {
  EfficientViT,
  EfficientViTFPN,
  efficientvitVariants,
  fuseEfficientViT,
  loadEfficientViTState,
} from '../src/index';
import { det } from './harness/det';

const tiny = {
  ...efficientvitVariants.efficientvit_m0,
  embedDim: [16, 24, 32],
  keyDim: [4, 4, 4],
  depth: [1, 1, 2],
  numHeads: [2, 3, 4],
  kernels: [5, 3, 3, 3],
  numClasses: 0,
};
const detector = { ...tiny, imgSize: null };

// Upstream fails where a map is at most 7 wide and high but not 7×7; here such maps are padded like all others.
test.each([
  [64, 96],
  [112, 112],
  [33, 250],
  [224, 16],
])('a detection backbone takes maps of any size, %d×%d too, and so does its inference form', async (height, width) => {
  await using zoo = await createZoo({ device: cpu(), plugins: [efficientvit], log: () => undefined });
  const module = new EfficientViT(detector).initialize({ seed: 1 });
  // Fresh residual branches are zero; these are not.
  for (const [key, parameter] of module.namedParameters()) {
    if (/bn\.weight$/.test(key)) parameter.set(zoo.tensor(det([key, parameter.shape, 0.5, 0.8]), parameter));
  }
  const fused = await fuseEfficientViT(zoo, module);
  const x = zoo.tensor(det(['x', [1, 3, height, width], 1, 0]), { shape: [1, 3, height, width] });
  const sides = (n: number) => [16, 32, 64].map((stride) => Math.ceil(n / stride));
  const maps = zoo.scope(() => module.forwardIntermediates(x));
  const same = fused.forwardIntermediates(x);
  expect(maps.map((map) => map.shape)).toEqual(
    tiny.embedDim.map((channels, i) => [1, channels, sides(height)[i], sides(width)[i]]),
  );
  for (const [i, map] of maps.entries()) {
    const [a, b] = [await map.data(), await same[i]!.data()];
    const largest = Array.from(a).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    for (let k = 0; k < a.length; k++) expect(Math.abs(a[k]! - b[k]!)).toBeLessThan(1e-5 * Math.max(1, largest));
  }
});

test('a classification checkpoint starts a detector only when its tables may be interpolated', async () => {
  const classifier = new EfficientViT({ ...tiny, imgSize: 224 }).initialize({ seed: 2 });
  const state = await classifier.stateDict();
  const backbone = new EfficientViT(detector);
  expect(() => loadEfficientViTState(backbone, state, { model: 'tiny' })).toThrow(/resizeBias/);
  loadEfficientViTState(backbone, state, { model: 'tiny', resizeBias: true });
  expect((await backbone.stateDict()).get('stages.2.blocks.1.mixer.m.attn.attention_biases')!.shape).toEqual([4, 49]);
});

test('the pyramid has strides 8 to 128 for RetinaNet and 4 to 64 for Mask R-CNN', async () => {
  await using zoo = await createZoo({ device: cpu(), plugins: [efficientvit], log: () => undefined });
  const maps = [zoo.ones([1, 16, 16, 24]), zoo.ones([1, 24, 8, 12]), zoo.ones([1, 32, 4, 6])];
  for (const [numExtraTransConvs, finest] of [
    [1, 32],
    [2, 64],
  ] as const) {
    const neck = new EfficientViTFPN({ inChannels: tiny.embedDim, outChannels: 8, numExtraTransConvs }).initialize();
    const outs = zoo.scope(() => neck(maps));
    expect(outs.map((out) => out.shape.slice(0, 3))).toEqual([0, 1, 2, 3, 4].map((i) => [1, 8, finest >> i]));
  }
});

test('a pyramid refuses too few outputs, a wrong number of maps, and maps of other channels', async () => {
  await using zoo = await createZoo({ device: cpu(), plugins: [efficientvit], log: () => undefined });
  expect(() => new EfficientViTFPN({ inChannels: [8, 8, 8], numOuts: 3 })).toThrow(ModelError);
  const neck = new EfficientViTFPN({ inChannels: [8], outChannels: 4, numOuts: 2 }).initialize();
  expect(() => neck([])).toThrow(/1 maps, got 0/);
  expect(() => neck([zoo.ones([1, 3, 4, 4])])).toThrow(ShapeError);
});
