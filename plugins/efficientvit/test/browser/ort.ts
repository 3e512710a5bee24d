// EfficientViT-M0 on onnxruntime's WebGPU back-end, in a page.
import { createZoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { ort } from '@paperzoo/onnx';
import plugin, { type EfficientViTModel } from '../../src/index';

declare global {
  var ready: boolean;
  /** Largest difference of the logits of two images from the zoo's own, relative to the largest logit. */
  var classify: (imgSize: number) => Promise<number>;
}

globalThis.classify = async (imgSize) => {
  await using zoo = await createZoo({ device: wasm(), plugins: [plugin], log: () => undefined });
  using model = await zoo.load<EfficientViTModel>('efficientvit_m0.r224_in1k', { weights: false, seed: 3, imgSize });
  const executor = ort({ backend: 'webgpu', wasmPaths: new URL('/ort/', location.href).href });
  const compiled = await zoo.compile(model, { executor });
  const pixels = Float32Array.from({ length: 2 * 3 * imgSize * imgSize }, (_, i) => Math.sin(i * 0.37) * 1.5);
  const images = zoo.tensor(pixels, { shape: [2, 3, imgSize, imgSize] });
  const got = await (await compiled(images)).data();
  const wanted = Array.from(await model.forward(images).data());
  await compiled.dispose();
  return Math.max(...wanted.map((x, i) => Math.abs(x - got[i]!))) / Math.max(...wanted.map(Math.abs));
};
globalThis.ready = true;
