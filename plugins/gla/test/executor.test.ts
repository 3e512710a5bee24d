import { createZoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { ort } from '@paperzoo/onnx';
import { describe, expect, test } from '@jest/globals';
import plugin, { type GenerateOptions, type GLALanguageModel, type Prompt } from '../src/index';

const config = { numHiddenLayers: 2, hiddenSize: 64, vocabSize: 97, intermediateSize: 96, numHeads: 4 };
const open = () => createZoo({ device: wasm(), plugins: [plugin], log: () => undefined });

async function tokensOf(model: Pick<GLALanguageModel, 'generate'>, prompt: Prompt, options: GenerateOptions) {
  const rows: number[][] = [];
  for await (const { index, token } of model.generate(prompt, options)) (rows[index] ??= []).push(token);
  return rows;
}

const attn = [
  { layers: [0], numHeads: 4, windowSize: 5 },
  { layers: [2], numHeads: 4, numKvHeads: 2 },
];
const MODELS: readonly [string, object][] = [
  ['a model', config],
  ['a hybrid', { ...config, numHiddenLayers: 3, attn }],
];

describe.each(['node', 'wasm'] as const)('on onnxruntime (%s)', (backend) => {
  test.each(MODELS)(
    '%s goes on with prompts of several lengths as it does here, and leaves nothing',
    async (_, given) => {
      await using zoo = await open();
      using model = await zoo.load<GLALanguageModel>('gla_tiny', { weights: false, seed: 3, config: given });
      const compiled = await model.runOn(ort({ backend }));
      const { tensors } = zoo.memory();
      const prompts = [[5, 6, 7, 8, 9, 10], [11], [12, 13, 14]];
      const first = (await tokensOf(model, [prompts[0]!], { maxNewTokens: 12 }))[0]!;
      // A row that ends early makes the others go on as a smaller batch.
      const options = { maxNewTokens: 12, temperature: 0.9, seed: 5, eosTokenId: first[3]! };
      expect(await tokensOf(compiled, prompts, options)).toEqual(await tokensOf(model, prompts, options));
      expect(zoo.memory().tensors).toBe(tensors);
      await compiled.dispose();
    },
  );
});
