import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AttrError, createZoo, ModelError, type LoadOptions, type Zoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { writeSafetensors } from '@paperzoo/hub';
import efficientvit, { type BaselineModel } from '../src/index';
import { det } from './harness/det';

const image = { width: 70, height: 50, data: Uint8Array.from(det(['image', [70 * 50 * 3], 127, 128])) };
const shape = [1, 3, 64, 96];

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: wasm(), plugins: [efficientvit], log: () => undefined });
});
afterAll(() => zoo.dispose());

describe.each([
  ['mobilenetv3_large_100.ra_in1k', 'classifier', 224, 7],
  ['mobilevit_xxs.cvnets_in1k', 'head.fc', 256, 5],
])('%s', (name, classifier, size, stages) => {
  test('is listed, loads fresh or from bytes, and the inference form answers as the module does', async () => {
    expect(zoo.listModels('mobile*', { pretrained: true }).map((card) => card.name)).toContain(name);
    const before = zoo.memory().tensors;
    using fresh = await zoo.load<BaselineModel>(name, { weights: false, seed: 3 });
    const weights = writeSafetensors(await fresh.stateDict());
    using loaded = await zoo.load<BaselineModel>(name, { weights });
    using trainable = await zoo.load<BaselineModel>(name, { weights, train: true });
    trainable.train(false);
    using x = zoo.tensor(det(['x', shape, 1, 0]), { shape });
    using a = loaded.forward(x);
    using b = zoo.scope(() => trainable.forward(x));
    expect(a.shape).toEqual([1, 1000]);
    const [left, right] = [await a.data(), await b.data()];
    for (let i = 0; i < left.length; i++) expect(left[i]).toBeCloseTo(right[i]!, 5);
    const maps = loaded.features(x);
    const same = zoo.scope(() => trainable.features(x));
    expect(maps).toHaveLength(stages);
    expect(maps.map((map) => map.shape)).toEqual(same.map((map) => map.shape));
    for (const map of [...maps, ...same, a, b, x]) map.dispose();
    for (const model of [fresh, loaded, trainable]) model.dispose();
    expect(zoo.memory().tensors).toBe(before);
  });

  test('takes photographs of any size and classes of one’s own', async () => {
    using model = await zoo.load<BaselineModel>(name, { weights: false, numClasses: 2, labels: ['cat', 'dog'] });
    using x = await model.preprocess([image, image]);
    expect(x.shape).toEqual([2, 3, size, size]);
    const [first] = await model.classify(image);
    expect(['cat', 'dog']).toContain(first!.label);
    using other = await zoo.load<BaselineModel>(name, {
      weights: writeSafetensors(await model.stateDict()),
      numClasses: 5,
    });
    expect(other.config.numClasses).toBe(5);
  });

  test('refuses what does not fit, naming it', async () => {
    const load = (options: LoadOptions) => zoo.load(name, options);
    await expect(load({ weights: false, numClasses: 0 })).rejects.toThrow(/numClasses must be a positive integer/);
    await expect(load({ weights: false, imgSize: 1.5 })).rejects.toThrow(ModelError);
    await expect(load({ weights: false, resizeBias: true })).rejects.toThrow(AttrError);
    await expect(load({ weights: false, labels: ['one'] })).rejects.toThrow(/1000 strings/);
    using model = await zoo.load<BaselineModel>(name, { weights: false });
    const state = await model.stateDict();
    const key = `${classifier}.bias`;
    state.delete(key);
    await expect(load({ weights: writeSafetensors(state) })).rejects.toThrow(`1 missing: ${key}`);
    expect(() => model.train()).toThrow(/loaded for inference/);
  });
});
