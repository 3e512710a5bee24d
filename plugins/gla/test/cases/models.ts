import type { Tensor, Zoo } from '@paperzoo/core';
import type { GLALanguageModel, RecurrentState } from '../../src/index';
import { loadFixture } from '../harness/checkpoints';
import { misfit } from '../harness/closeness';
import { manifest, rowsOf, stored, type ModelTest } from '../harness/fixtures';
import type { DeviceCase } from './case';

type Runner = (model: GLALanguageModel, entry: ModelTest, get: Get) => Promise<(string | null)[]>;
type Get = (name: string) => ReturnType<typeof stored>;

const take = async (tensor: Tensor): Promise<Float32Array> => {
  const values = (await tensor.data()) as Float32Array;
  tensor.dispose();
  return values;
};

/** One forward pass: logits, hidden states by observing modules, states values first. */
const logits: Runner = async (model, entry, get) => {
  const ids = get(entry.input_ids);
  const wrong: (string | null)[] = [];
  wrong.push(
    misfit('logits', await take(model.forward(rowsOf(ids))), get(entry.logits!).values, entry.tolerance['logits']),
  );
  const seen = new Map<string, Tensor>();
  const input = model.zoo.tensor(ids.values, { shape: ids.shape, dtype: 'i32' });
  const stop = model.module.observe((name, output) => {
    const hidden = /^model\.(?:embeddings|norm|layers\.\d+)$/.test(name);
    if (!hidden) return;
    const tensor = name.includes('layers') ? (output as { y: Tensor }).y : (output as Tensor);
    seen.set(name, tensor.reshape(tensor.shape));
    model.zoo.keep(seen.get(name)!);
  });
  const states = model.zoo.scope(() => model.module(input).states) as readonly RecurrentState[];
  stop();
  input.dispose();
  const count = entry.hidden_states?.length ?? 0;
  for (const [i, key] of (entry.hidden_states ?? []).entries()) {
    const name = i === 0 ? 'model.embeddings' : i === count - 1 ? 'model.norm' : `model.layers.${i - 1}`;
    const values = await seen.get(name)!.data();
    wrong.push(misfit(name, values, get(key).values, entry.tolerance[`hidden_states[${i}]`]));
  }
  for (const [i, key] of (entry.recurrent_state ?? []).entries()) {
    const values = await take(states[i]!.recurrent.permute([0, 1, 3, 2]));
    wrong.push(misfit(`state ${i}`, values, get(key).values, entry.tolerance[`recurrent_state[${i}]`]));
  }
  for (const tensor of seen.values()) tensor.dispose();
  for (const { recurrent, conv } of states) for (const t of [recurrent, ...Object.values(conv ?? {})]) t.dispose();
  if (entry.targets) wrong.push(accuracy(await take(model.forward(rowsOf(ids))), get(entry.targets).values, model));
  return wrong;
};

/** Every marked position is answered correctly: the most probable token is the target. */
function accuracy(values: Float32Array, targets: ArrayLike<number>, model: GLALanguageModel): string | null {
  const { vocabSize } = model.module.config;
  const wrong = Array.from(targets).filter((target, i) => {
    const row = values.subarray(i * vocabSize, (i + 1) * vocabSize);
    return target >= 0 && row.indexOf(Math.max(...row)) !== target;
  });
  return wrong.length === 0 ? null : `${wrong.length} answers are wrong`;
}

/** Logits at positions that count. */
const padded: Runner = async (model, entry, get) => {
  const mask = get(entry.attention_mask!);
  const attentionMask = rowsOf(mask);
  const values = await take(model.forward(rowsOf(get(entry.input_ids)), { attentionMask }));
  const { vocabSize } = model.module.config;
  const counted = (all: Float32Array) => all.filter((_, i) => mask.values[Math.floor(i / vocabSize)] === 1);
  const expected = get(entry.logits!).values as Float32Array;
  return [misfit('logits', counted(values), counted(expected), entry.tolerance['logits'])];
};

/** Greedy decoding as upstream does it: the prompt in one pass, then token by token, not stopping at the end token. */
const generate: Runner = async (model, entry, get) => {
  const { vocabSize } = model.module.config;
  const attentionMask = entry.attention_mask === undefined ? undefined : rowsOf(get(entry.attention_mask));
  const wanted = get(entry.generated!);
  const [batch, steps] = wanted.shape as [number, number];
  const read = model.prefill(rowsOf(get(entry.input_ids)), { attentionMask });
  let values = await take(read.logits);
  const chosen: number[][] = Array.from({ length: batch }, () => []);
  const all: Float32Array[] = [];
  for (let n = 0; n < steps; n++) {
    all.push(values);
    const next = chosen.map((row, b) => {
      const scores = values.subarray(b * vocabSize, (b + 1) * vocabSize);
      row.push(scores.indexOf(Math.max(...scores)));
      return row.at(-1)!;
    });
    if (n + 1 < steps) values = await take(model.step(next, read.state));
  }
  read.state.dispose();
  const expected = get(entry.step_logits!).values;
  // Upstream stores [batch, steps, vocabulary].
  const got = chosen.flatMap((_, b) => all.map((step) => step.subarray(b * vocabSize, (b + 1) * vocabSize)));
  const flat = Float32Array.from(got.flatMap((row) => [...row]));
  return [
    misfit('generated', chosen.flat(), wanted.values),
    misfit('step_logits', flat, expected, entry.tolerance['step_logits']),
    await streamed(model, entry, rowsOf(get(entry.input_ids)), attentionMask, rowsOf(wanted)),
  ];
};

/** `generate` gives the same tokens, without padding, and stops at the end token. */
async function streamed(
  model: GLALanguageModel,
  entry: ModelTest,
  ids: number[][],
  mask: number[][] | undefined,
  wanted: number[][],
): Promise<string | null> {
  const prompts = ids.map((row, b) => row.filter((_, t) => mask?.[b]![t] !== 0));
  const got: number[][] = prompts.map(() => []);
  for await (const { index, token } of model.generate(prompts, { maxNewTokens: wanted[0]!.length })) {
    got[index]!.push(token);
  }
  const lengths = entry.length_if_stopping_at_eos;
  const expected = wanted.map((row, b) => row.slice(0, lengths?.[b] ?? firstEnd(row)));
  return JSON.stringify(got) === JSON.stringify(expected) ? null : `streamed ${JSON.stringify(got)}`;
}

const firstEnd = (row: number[]) => (row.includes(2) ? row.indexOf(2) + 1 : row.length);

const lossGrad: Runner = async (model, entry, get) => {
  const { zoo, module } = model;
  const upload = (name: string) => zoo.tensor(get(name).values, { shape: get(name).shape, dtype: 'i32' });
  const [ids, labels] = [upload(entry.input_ids), upload(entry.labels!)];
  const { value, grads } = zoo.valueAndGrad(() => module.loss(ids, labels), module.parameters(zoo));
  ids.dispose();
  labels.dispose();
  const wrong = [misfit('loss', await take(value), [entry.loss!], { atol: 0, rtol: 1e-5 })];
  for (const [key, grad] of Object.entries(grads)) {
    const expected = get(entry.grads![key]!).values;
    wrong.push(misfit(key, await take(grad), expected, entry.tolerance[`grads.${key}`]));
  }
  return wrong;
};

const runners: Readonly<Record<ModelTest['kind'], Runner>> = { logits, padded, generate, loss_grad: lossGrad };

/** Upstream's results of whole models, from its checkpoints. */
export const models = (): DeviceCase[] =>
  manifest().checkpoints.flatMap((checkpoint) =>
    checkpoint.tests.map((entry) => ({
      name: `${checkpoint.name} ${entry.kind} ${entry.id}`,
      async run(zoo: Zoo) {
        using model = await loadFixture(zoo, checkpoint);
        const get: Get = (key) => stored(`${checkpoint.name}/expected.safetensors`, key);
        return (await runners[entry.kind](model, entry, get)).flatMap((wrong) => wrong ?? []);
      },
    })),
  );
