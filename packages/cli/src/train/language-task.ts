import { ModelError, type Model, type ModelCard, type Tensor, type Zoo } from '@paperzoo/core';
import { adamw, clipByGlobalNorm, DataLoader, type AnyModule, type Philox } from '@paperzoo/nn';
import { CommandError } from '../command-error';
import { readText } from './text-data';
import type { TaskOptions, TrainingTask } from './training-task';

/** What the command needs of a model of the task `text-generation`, whichever plugin made it. */
interface LanguageModel extends Model {
  readonly module: AnyModule & { loss(ids: Tensor, labels: Tensor): Tensor };
  generate(prompt: readonly number[], options: object): AsyncIterable<{ readonly token: number }>;
}

/** Tokens are bytes of UTF-8. */
const VOCABULARY = 256;
/** The text's last part is for validation. */
const SHARE_OF_VALIDATION = 0.05;
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
  const text = await readText(options.data);
  const split = Math.floor(text.length * (1 - SHARE_OF_VALIDATION));
  const [train, held] = [text.subarray(0, split), text.subarray(split)];
  if (held.length < length) {
    throw new CommandError(`${options.data} has ${text.length} bytes: too few for windows of ${length}.`, {
      argument: 'data',
      got: text.length,
      remedy: 'Use a longer text or a smaller --length.',
    });
  }
  const config = { ...card.config, vocabSize: VOCABULARY, bosTokenId: null, eosTokenId: null };
  const model = asLanguageModel(await zoo.load(card.name, { weights: false, config, seed, signal }));
  const windows = (from: Uint8Array, places: Uint32Array, random?: Philox): Int32Array => {
    const ids = new Int32Array(places.length * length);
    const shifts = random?.uniform(places.length);
    places.forEach((place, i) => {
      // Never the same windows twice, or small models learn where they begin; the text's last window has no room to move.
      const start = Math.min(place * length + Math.floor((shifts?.[i] ?? 0) * length), from.length - length);
      ids.set(from.subarray(start, start + length), i * length);
    });
    return ids;
  };
  const loss = (batch: Int32Array): Tensor => {
    const ids = zoo.tensor(batch, { shape: [batch.length / length, length] });
    return model.module.loss(ids, ids);
  };

  return {
    model,
    module: model.module,
    data: new DataLoader({
      size: Math.floor(train.length / length),
      batchSize,
      seed,
      collate: (places, random) => windows(train, places, random),
    }),
    optimizer: adamw({ betas: [0.9, 0.95], weightDecay: 0.01 }),
    clip: clipByGlobalNorm(1),
    peak: 3e-3,
    floor: 0.1,
    loss,
    async evaluate(last) {
      const all = Math.floor(held.length / length);
      const count = last ? all : Math.min(all, WINDOWS);
      let sum = 0;
      for (let at = 0; at < count; at += batchSize) {
        const places = Uint32Array.from({ length: Math.min(batchSize, count - at) }, (_, i) => at + i);
        using mean = zoo.scope(() => loss(windows(held, places)));
        sum += (await mean.item()) * places.length;
      }
      return { loss: sum / count, bitsPerByte: sum / count / Math.LN2 };
    },
    async sample() {
      const start = [...held.subarray(0, 16)];
      const made: number[] = [];
      const how = { maxNewTokens: SAMPLE_TOKENS, temperature: 0.8, seed, signal };
      for await (const { token } of model.generate(start, how)) made.push(token);
      return new TextDecoder().decode(Uint8Array.from([...start, ...made]));
    },
  };
}

/** @throws ModelError when the model does not offer what training needs */
function asLanguageModel(model: Model): LanguageModel {
  const { module, generate } = model as Partial<LanguageModel>;
  if (typeof module?.loss === 'function' && typeof generate === 'function') return model as LanguageModel;
  const details = { argument: 'name', expected: ['module.loss', 'generate'] };
  throw new ModelError(`${model.name} has no module.loss or no generate, which training needs.`, details);
}
