import { createZoo, isTensor, type Tensor } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { ort } from '@paperzoo/onnx';
import { expect, test } from '@jest/globals';
import plugin, { type EfficientViTModel } from '../src/index';

const relative = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const largest = Math.max(...Array.from(b, Math.abs));
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!))) / largest;
};

test.each(['node', 'wasm'] as const)(
  'a model is compiled to onnxruntime (%s) and classifies there',
  async (backend) => {
    await using zoo = await createZoo({ device: wasm(), plugins: [plugin] });
    using model = await zoo.load<EfficientViTModel>('efficientvit_m0.r224_in1k', { weights: false, seed: 3 });
    const compiled = await zoo.compile(model, { executor: ort({ backend }) });
    const values = Float32Array.from({ length: 2 * 3 * 224 * 224 }, (_, i) => Math.sin(i * 0.37) * 1.5);
    const images = zoo.tensor(values, { shape: [2, 3, 224, 224] });
    const y: Tensor = await compiled(images);
    expect(isTensor(y)).toBe(true);
    expect(y.shape).toEqual([2, 1000]);
    expect(relative(await y.data(), await model.forward(images).data())).toBeLessThan(1e-5);

    const picture = { width: 64, height: 48, data: Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 37) % 251) };
    const here = await model.classify(picture);
    const there = await model.classify(picture, { forward: compiled });
    expect(there.map(({ index }) => index)).toEqual(here.map(({ index }) => index));
    expect(relative(there.map(({ logit }) => logit), here.map(({ logit }) => logit))).toBeLessThan(1e-5); // prettier-ignore
    await compiled.dispose();
  },
);

test('a model that is being trained is compiled as it would be used, and goes on training', async () => {
  await using zoo = await createZoo({ device: wasm(), plugins: [plugin] });
  using model = await zoo.load<EfficientViTModel>('efficientvit_m0.r224_in1k', {
    weights: false,
    train: true,
    imgSize: 64,
  });
  const compiled = await zoo.compile(model, { executor: ort({ backend: 'node' }), sizes: { N: 1 } });
  expect(model.module.training).toBe(true);
  const image = zoo.tensor(
    Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.sin(i)),
    { shape: [1, 3, 64, 64] },
  );
  const y = await compiled(image);
  model.train(false);
  expect(relative(await y.data(), await model.forward(image).data())).toBeLessThan(1e-5);
  await compiled.dispose();
});
