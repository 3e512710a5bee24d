import { describe, expect, test } from '@jest/globals';
import { createZoo, type Tensor, type Zoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { exportOnnx, FORMS } from '@paperzoo/onnx';
import { conformOnnx, onnxRunner, onnxWriter } from '@paperzoo/testing';
import * as ort from 'onnxruntime-node';
import plugin from '../src/index';
import type { ImageModel } from '../src/load/image-model';

const run = onnxRunner(ort);

describe.each(FORMS)('ops, %s', (form) => {
  for (const check of conformOnnx(plugin, { write: onnxWriter(exportOnnx, { form }), run }))
    test(check.name, check.run);
});

/** Loads a model with fresh weights and gives it a batch of two images of its own size. */
async function withModel(name: string, use: (zoo: Zoo, model: ImageModel, images: Tensor) => Promise<void>) {
  await using zoo = await createZoo({ device: wasm(), plugins: [plugin], log: () => undefined });
  const model = await zoo.load<ImageModel>(name, { weights: false, seed: 7 });
  const side = Number(model.config.imgSize ?? 256);
  const values = Float32Array.from({ length: 2 * 3 * side * side }, (_, i) => Math.sin(i * 0.37) * 1.5);
  await use(zoo, model, zoo.tensor(values, { shape: [2, 3, side, side] }));
}

describe.each(plugin.models!.map(({ name }) => name))('%s', (name) => {
  test('the file gives what the model gives, for any batch', async () => {
    await withModel(name, async (zoo, model, images) => {
      const [, ...map] = images.shape;
      const one = { shape: [1, ...map], dtype: 'f32' } as const;
      const file = await exportOnnx(zoo, model, [one], { dynamic: { input: { 0: 'N' } } });
      expect(file.inputs).toEqual([{ name: 'input', dtype: 'f32', dims: ['N', ...map] }]);
      expect(file.outputs).toEqual([
        { name: 'output', dtype: 'f32', dims: ['N', Number(model.config.numClasses ?? 1000)] },
      ]);
      const values = await images.data();
      const { output } = await run(file.bytes, { input: { ...images, shape: images.shape, dtype: 'f32', values } });
      const expected = Array.from(await model.forward(images).data());
      const largest = Math.max(...expected.map(Math.abs));
      const off = Math.max(...expected.map((value, i) => Math.abs(value - output![i]!)));
      expect(off / largest).toBeLessThan(1e-5);
    });
  });
});

test('M0 with its op as a function: few nodes, the same numbers, little more than its weights', async () => {
  await withModel('efficientvit_m0.r224_in1k', async (zoo, model, images) => {
    const spec = { shape: images.shape, dtype: 'f32' } as const;
    const flat = await exportOnnx(zoo, model, [spec]);
    const file = await exportOnnx(zoo, model, [spec], { form: 'functions' });
    // PyTorch's exporter writes 1,306.
    expect(flat.nodes).toBeLessThanOrEqual(441);
    expect(file.nodes).toBeLessThanOrEqual(140);
    const shapes = [...(await model.stateDict()).values()].map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    const weights = 4 * shapes.reduce((a, b) => a + b, 0);
    for (const { bytes } of [flat, file]) expect(bytes.length).toBeLessThan(1.01 * weights + 100_000);
    const feed = { input: { ...spec, values: await images.data() } };
    const [a, b] = [await run(flat.bytes, feed), await run(file.bytes, feed)];
    expect(b.output).toEqual(a.output);
  });
});
