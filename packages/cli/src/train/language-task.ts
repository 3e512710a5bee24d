import type { ModelCard, Tensor, Zoo } from '@paperzoo/core';
import { adamw, clipByGlobalNorm, DataLoader } from '@paperzoo/nn';
import { CommandError } from '../command-error';
import { asLanguageModel } from './language-model';
import { measureText, readParts, takeWindows } from './text-windows';
import type { TaskOptions, TrainingTask } from './training-task';

/** Tokens are bytes of UTF-8. */
const VOCABULARY = 256;
const WINDOWS = 32;
const SAMPLE_TOKENS = 120;

/** A language model that learns a text byte by byte, from fresh weights. */
export async function languageTask(zoo: Zoo, card: ModelCard, options: TaskOptions): Promise<TrainingTask<Int32Array>> {
  const { batch: batchSize, length, seed, signal } = options;
  if (!('hiddenSize' in card.config)) {
    throw new CommandError(
      `${card.name} cannot be trained from scratch: its sizes are those of its published weights.`,
      {
        argument: 'name',
        got: card.name,
        remedy: 'Take a model whose card states its sizes (paperzoo info NAME).',
      },
    );
  }
  const { train, held } = await readParts(options.data, length);
  const config = { ...card.config, vocabSize: VOCABULARY, bosTokenId: null, eosTokenId: null };
  const model = asLanguageModel(await zoo.load(card.name, { weights: false, config, seed, signal }));
  const loss = (ids: Tensor): Tensor => model.module.loss(ids, ids);

  return {
    model,
    module: model.module,
    data: new DataLoader({
      size: Math.floor(train.length / length),
      batchSize,
      seed,
      collate: (places, random) => takeWindows(train, length, places, random),
    }),
    optimizer: adamw({ betas: [0.9, 0.95], weightDecay: 0.01 }),
    clip: clipByGlobalNorm(1),
    peak: 3e-3,
    floor: 0.1,
    loss: (batch) => loss(zoo.tensor(batch, { shape: [batch.length / length, length] })),
    evaluate: (last) => measureText({ zoo, loss, held, length, batchSize, ...(!last && { most: WINDOWS }) }),
    async sample() {
      const start = [...held.subarray(0, 16)];
      const made: number[] = [];
      const how = { maxNewTokens: SAMPLE_TOKENS, temperature: 0.8, seed, signal };
      for await (const { token } of model.generate(start, how)) made.push(token);
      return new TextDecoder().decode(Uint8Array.from([...start, ...made]));
    },
  };
}
