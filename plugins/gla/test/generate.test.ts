import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AbortError, AttrError, DisposedError, ModelError, ShapeError, type Tensor, type Zoo } from '@paperzoo/core';
import { parseSafetensors, writeSafetensors } from '@paperzoo/hub';
import { Random } from '@paperzoo/nn';
import {
  GLAState,
  type GeneratedToken,
  type GenerateOptions,
  type GLALanguageModel,
  type Prompt,
  type RecurrentState,
} from '../src/index';
import { sample } from '../src/generate/sampler';
import { TextStream } from '../src/generate/text-stream';
import { loadFixture } from './harness/checkpoints';
import { manifest } from './harness/fixtures';
import { zooOn } from './harness/zoo';

let zoo: Zoo;
let model: GLALanguageModel;
let tensors: number;

beforeAll(async () => {
  zoo = await zooOn('wasm');
  model = await loadFixture(
    zoo,
    manifest().checkpoints.find(({ name }) => name === 'tiny-gla-sharded')!,
  );
  // Weights move to the device at the first call.
  model.forward([1]).dispose();
  tensors = zoo.memory().tensors;
});
afterAll(async () => {
  expect(zoo.memory().tensors).toBe(tensors);
  model.dispose();
  expect(zoo.memory().tensors).toBe(0);
  await zoo.dispose();
});

async function tokens(prompt: Prompt, options: GenerateOptions = {}): Promise<GeneratedToken[]> {
  const all: GeneratedToken[] = [];
  for await (const token of model.generate(prompt, { eosTokenId: null, maxNewTokens: 12, ...options })) all.push(token);
  return all;
}
const ids = async (prompt: Prompt, options?: GenerateOptions) =>
  (await tokens(prompt, options)).map(({ token }) => token);

const read = async (tensor: Tensor) => {
  const values = [...(await tensor.data())];
  tensor.dispose();
  return values;
};

/** Ids as letters: three of them make one character, so that tokens are not characters. */
const letters = {
  encode: (text: string) => [...text].map((c) => c.charCodeAt(0) - 60),
  decode: (all: number[]) => all.map((id) => String.fromCharCode(id + 60)).join(''),
};

const close = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((x, i) => Math.abs(x - b[i]!) <= 1e-4 * Math.max(1, Math.abs(b[i]!)));

test('reading in pieces, at once and token by token give the same logits', async () => {
  const prompt = Array.from({ length: 90 }, (_, i) => (i * 7) % 45);
  const full = (await read(model.forward(prompt))).slice(-45);
  const whole = model.prefill(prompt);
  expect(close(await read(whole.logits), full)).toBe(true);
  const pieces = model.prefill(prompt.slice(0, 70));
  pieces.logits.dispose();
  model.prefill(prompt.slice(70, 85), { state: pieces.state }).logits.dispose();
  let last: number[] = [];
  for (const id of prompt.slice(85)) last = await read(model.step([id], pieces.state));
  expect(close(last, full)).toBe(true);
  expect(pieces.state.seenTokens).toEqual([90]);
  expect(pieces.state.bytes).toBe(whole.state.bytes);
  pieces.state.dispose();
  whole.state.dispose();
});

test('padding on either side and holes change nothing for the tokens that count', async () => {
  const rows = [
    [9, 9, 5, 6, 7],
    [8, 9, 4, 3, 9],
    [1, 2, 3, 4, 5],
  ];
  const attentionMask = [
    [0, 0, 1, 1, 1],
    [1, 0, 1, 1, 0],
    [1, 1, 1, 1, 1],
  ];
  const { logits, state } = model.prefill(rows, { attentionMask });
  const got = await read(logits);
  expect(state.seenTokens).toEqual([3, 3, 5]);
  for (const [b, alone] of [
    [5, 6, 7],
    [8, 4, 3],
    [1, 2, 3, 4, 5],
  ].entries()) {
    const one = model.prefill(alone);
    expect(close(got.slice(b * 45, (b + 1) * 45), await read(one.logits))).toBe(true);
    one.state.dispose();
  }
  state.dispose();
});

test('packed sequences are each computed alone', async () => {
  const packed = zoo.tensor([1, 2, 3, 4, 5, 6], { shape: [1, 6], dtype: 'i32' });
  const values = await read(zoo.scope(() => model.module(packed, { cuSeqlens: [0, 2, 6] }).logits));
  packed.dispose();
  const alone = [...(await read(model.forward([1, 2]))), ...(await read(model.forward([3, 4, 5, 6])))];
  expect(close(values, alone)).toBe(true);
});

test('a state can be cloned, chosen from, saved and restored', async () => {
  const { logits, state } = model.prefill([
    [5, 6, 7],
    [8, 9, 4],
  ]);
  logits.dispose();
  const saved = parseSafetensors(writeSafetensors(await state.save()));
  const clone = state.clone();
  const next = await read(model.step([1, 2], clone));
  using restored = GLAState.restore(zoo, saved);
  expect(await read(model.step([1, 2], restored))).toEqual(next);
  using second = state.select([1, 1]);
  const rows = await read(model.step([2, 2], second));
  expect(close(rows.slice(45), next.slice(45)) && close(rows.slice(0, 45), next.slice(45))).toBe(true);
  expect(() => state.select([2])).toThrow(ModelError);
  expect(() => model.step([1], state)).toThrow(ModelError);
  state.dispose();
  expect(() => state.layers).toThrow(DisposedError);
  clone.dispose();
  expect(() => GLAState.restore(zoo, new Map())).toThrow(ModelError);
});

test('a batch gives what its rows give alone, also when some end earlier', async () => {
  const prompts = [[5, 6], [8, 9, 4, 3], [1]];
  const alone = await Promise.all(prompts.map((prompt) => ids(prompt)));
  const end = alone[1]![3]!;
  const all = await tokens(prompts, { eosTokenId: end });
  alone.forEach((row, index) => {
    const at = row.indexOf(end);
    const mine = all.filter((token) => token.index === index).map(({ token }) => token);
    expect(mine).toEqual(at < 0 ? row : row.slice(0, at + 1));
  });
});

test('equal seeds give equal samples; top-k 1 and temperature 0 are greedy', async () => {
  const greedy = await ids([5, 6]);
  const warm = { temperature: 3, seed: 4 };
  expect(await ids([5, 6], warm)).toEqual(await ids([5, 6], warm));
  expect(await ids([5, 6], warm)).not.toEqual(await ids([5, 6], { ...warm, seed: 5 }));
  expect(await ids([5, 6], { ...warm, topK: 1 })).toEqual(greedy);
  expect(await ids([5, 6], { ...warm, topP: 1e-9 })).toEqual(greedy);
  expect(new Set(await ids([5, 6], { repetitionPenalty: 1e6 })).size).toBe(12);
});

test('sampling follows the probabilities, and ties go to the lowest id', () => {
  const random = new Random(1);
  const none = new Set<number>();
  expect(sample(Float32Array.of(1, 3, 3, 0), {}, none, random)).toBe(1);
  const logits = Float32Array.of(Math.log(0.5), Math.log(0.3), Math.log(0.2), -Infinity);
  const count = (options: object) => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[sample(logits, { temperature: 1, ...options }, none, random)]!++;
    return counts.map((n) => n / 4000);
  };
  count({}).forEach((share, i) => expect(Math.abs(share - [0.5, 0.3, 0.2, 0][i]!)).toBeLessThan(0.04));
  count({ topK: 2 }).forEach((share, i) => expect(Math.abs(share - [0.625, 0.375, 0, 0][i]!)).toBeLessThan(0.04));
  expect(count({ topP: 0.7 }).slice(2)).toEqual([0, 0]);
  expect(count({ topP: 0.5 })).toEqual([1, 0, 0, 0]);
  expect(sample(Float32Array.of(1, 3, -1), { repetitionPenalty: 4 }, new Set([1, 2]), random)).toBe(0);
});

test('text comes out whole: no half characters, no text of a stop string', () => {
  const bytes = {
    encode: (text: string) => [...new TextEncoder().encode(text)],
    decode: (all: number[]) => new TextDecoder().decode(Uint8Array.from(all)),
  };
  const run = (text: string, stop: string[]) => {
    const stream = new TextStream(bytes, bytes.encode('prompt '), stop);
    const parts: string[] = [];
    for (const id of bytes.encode(text)) {
      const { text: part, stopped } = stream.push(id);
      parts.push(part);
      if (stopped) return { parts, stopped };
    }
    return { parts: [...parts, stream.end()], stopped: false };
  };
  expect(run('é€😀!', []).parts).toEqual(['', 'é', '', '', '€', '', '', '', '😀', '!', '']);
  // Bytes that are no text do not hold everything after them back for ever.
  const noise = new TextStream(bytes, [], []);
  const parts = Array.from({ length: 20 }, () => noise.push(0x80).text);
  expect(parts.join('').length).toBeGreaterThan(10);
  expect(run('one two END three', ['END'])).toMatchObject({ stopped: true });
  expect(run('one two END three', ['END']).parts.join('')).toBe('one two ');
  expect(run('an EN', ['END']).parts).toEqual(['a', 'n', ' ', '', '', 'EN']);
});

test('a stop string ends a row before it', async () => {
  const free = await tokens('CALL', { tokenizer: letters });
  const text = free.map((token) => token.text).join('');
  expect(text).toHaveLength(12);
  const stop = text.slice(4, 6);
  const stopped = await tokens('CALL', { tokenizer: letters, stop });
  expect(stopped.map((token) => token.text).join('')).toBe(text.slice(0, text.indexOf(stop)));
  // What was held back for a stop string that never came is given at the end.
  const last = await tokens('CALL', { tokenizer: letters, stop: `${text.slice(-1)}!` });
  expect(last.map((token) => token.text).join('')).toBe(text);
});

test('progress counts the prompt and the steps; long prompts are read in pieces', async () => {
  const seen: string[] = [];
  const prompt = Array.from({ length: 600 }, (_, i) => i % 45);
  await tokens(prompt, {
    maxNewTokens: 2,
    onProgress: ({ stage, done, total }) => seen.push(`${stage} ${done}/${total}`),
  });
  expect(seen).toEqual(['prompt 512/600', 'prompt 600/600', 'text 1/2', 'text 2/2']);
});

test('an abort and a break end it, and nothing stays behind', async () => {
  const controller = new AbortController();
  const running = tokens([5], {
    signal: controller.signal,
    maxNewTokens: 1e6,
    onProgress: ({ done }) => void (done === 3 && controller.abort()),
  });
  await expect(running).rejects.toThrow(AbortError);
  for await (const { index } of model.generate([[5], [6]], { eosTokenId: null })) if (index === 1) break;
  expect(await ids([5], { maxNewTokens: 0 })).toEqual([]);
  await expect(ids([])).rejects.toThrow(AttrError);
});

test('a thousand tokens leave memory as it was, whatever was read before', async () => {
  const { logits, state } = model.prefill([5, 6]);
  logits.dispose();
  model.step([7], state).dispose();
  const { tensors: before, bytes, packedBytes, reservedBytes } = zoo.memory();
  for (let i = 0; i < 1000; i++) model.step([i % 45], state).dispose();
  expect(zoo.memory()).toMatchObject({ tensors: before, bytes, packedBytes, reservedBytes });
  expect(state.seenTokens).toEqual([1003]);
  state.dispose();
});

test('bad calls are refused', async () => {
  for (const options of [
    { temperature: -1 },
    { topK: 0 },
    { topP: 0 },
    { topP: 1.5 },
    { repetitionPenalty: 0 },
    { maxNewTokens: 1.5 },
    { stop: '' },
  ]) {
    await expect(ids([5], options)).rejects.toThrow(AttrError);
  }
  await expect(ids([[5], []])).rejects.toThrow(AttrError);
  expect(() => model.forward([45])).toThrow(AttrError);
  expect(() => model.forward([-1])).toThrow(AttrError);
  expect(() => model.forward([[1, 2], [3]])).toThrow(/attentionMask/);
  expect(() => model.forward([[1, 2]], { attentionMask: [[1]] })).toThrow(AttrError);
  expect(() => model.forward([[1, 2]], { attentionMask: [[1, 2]] })).toThrow(AttrError);
  expect(() =>
    model.forward([[1, 2]], {
      attentionMask: [
        [1, 1],
        [1, 1],
      ],
    }),
  ).toThrow(AttrError);
  expect(() => model.prefill([])).toThrow(AttrError);
  expect(() => model.prefill([[1], [2]], { attentionMask: [[1]] })).toThrow(AttrError);
  expect(() => model.prefill([[1], [2]], { attentionMask: [[1], [0]] })).toThrow(/Sequence 1 has no token/);
  const { logits, state } = model.prefill([5]);
  logits.dispose();
  const other = zoo.zeros([1, 1, 2, 2]);
  using odd = new GLAState(
    (state.layers as readonly RecurrentState[]).map(({ conv }) => ({
      recurrent: other.reshape([1, 1, 2, 2]),
      ...(conv && {
        conv: { q: conv.q.reshape(conv.q.shape), k: conv.k.reshape(conv.k.shape), v: conv.v.reshape(conv.v.shape) },
      }),
    })),
    [1],
  );
  expect(() => model.step([5], odd)).toThrow(ShapeError);
  other.dispose();
  state.dispose();
});
