import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AttrError, HubError, ModelError, type Zoo } from '@paperzoo/core';
import { parseSafetensors, writeSafetensors } from '@paperzoo/hub';
import { hostTensor, type HostTensor } from '@paperzoo/nn';
import plugin, { glaConfig, GLAForCausalLM, type GLALanguageModel, type GLAOptions } from '../src/index';
import { readConfig } from '../src/load/read-config';
import { folderOf } from './harness/fixtures';
import { tokenizerFiles } from './harness/tokenizer-files';
import { zooOn } from './harness/zoo';

const SHARDED = folderOf('tiny-gla-sharded');
const LEGACY = folderOf('tiny-gla-legacy');

let zoo: Zoo;
let server: Server;
let endpoint: string;
const asked: string[] = [];

/** The hub's addresses: 340M answers with the sharded checkpoint and a tokenizer, 1.3B with the legacy one and none. */
beforeAll(async () => {
  zoo = await zooOn('cpu');
  const extra: Record<string, Uint8Array> = tokenizerFiles();
  server = createServer(({ url = '' }, response) => {
    const [, repo, file = ''] = /^\/fla-hub\/(gla-[^/]+)\/resolve\/main\/([\w.-]+)$/.exec(url) ?? [];
    asked.push(file);
    const path = join(repo === 'gla-340M-15B' ? SHARDED : LEGACY, file);
    const own = repo === 'gla-340M-15B' ? extra[file] : undefined;
    if (repo && (own || existsSync(path))) response.writeHead(200).end(own ?? readFileSync(path));
    else response.writeHead(404).end('not here');
  });
  // On a loaded machine a server that ends idle connections ends one just as the next request takes it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  expect(zoo.memory().tensors).toBe(0);
  await zoo.dispose();
});

const load = (name: string, options: GLAOptions = {}) =>
  zoo.load<GLALanguageModel>(name, { endpoint, cache: 'none', retries: 0, ...options });

test.each(['gla_340m.15b', 'hf:fla-hub/gla-340M-15B'])('%s is fetched from the hub, shard by shard', async (name) => {
  asked.length = 0;
  const statuses: string[] = [];
  const controller = new AbortController();
  using model = await load(name, { signal: controller.signal, onProgress: ({ status }) => statuses.push(status) });
  expect(statuses.at(-1)).toBe('ready');
  controller.abort();
  expect(model.name).toBe('gla_340m.15b');
  expect(model.config).toMatchObject({ numHiddenLayers: 3, numKvHeads: 2, useShortConv: true, gateLowRankDim: 16 });
  expect(asked).toContain('model.safetensors.index.json');
  expect(asked).not.toContain('tokenizer.json');
  let text = '';
  for await (const token of model.generate('call me', { maxNewTokens: 8, eosTokenId: null })) text += token.text;
  expect(asked).toContain('tokenizer.json');
  expect(text.length).toBeGreaterThan(0);
  // The load is over: neither its progress nor its signal has a say in what is read later.
  expect(statuses.at(-1)).toBe('ready');
  const tokenizer = await model.tokenizer();
  const ids = tokenizer.encode('call me');
  expect(ids.slice(0, 2)).toEqual([1, 3]);
  const all: number[] = [];
  for await (const { token } of model.generate(ids, { maxNewTokens: 8, eosTokenId: null })) all.push(token);
  expect(tokenizer.decode([...ids, ...all])).toBe(`call me${text}`);
});

test('a repository without a tokenizer takes ids, and says so when it is given text', async () => {
  using model = await load('gla_1.3b.100b');
  expect(model.config).toMatchObject({ tieWordEmbeddings: true, normEps: 1e-5 });
  await expect(model.generate('text').next()).rejects.toThrow(HubError);
  for await (const { index, text } of model.generate([5, 6], { maxNewTokens: 1 }))
    expect([index, text]).toEqual([0, '']);
});

test('the state dict has the keys of the module, whatever the layout of the file was', async () => {
  using model = await load('gla_1.3b.100b');
  const keys = [...(await model.stateDict()).keys()];
  expect(keys).toContain('model.layers.0.mlp.up_proj.weight');
  expect(keys).toContain('model.layers.1.attn.g_norm_swish_gate.weight');
  expect(keys).not.toContain('lm_head.weight');
});

/** The sharded checkpoint as one map, with changes. */
function changed(change: (state: Map<string, HostTensor>) => void): Uint8Array {
  const state = new Map<string, HostTensor>();
  for (const file of ['model-00001-of-00002', 'model-00002-of-00002']) {
    for (const [key, value] of parseSafetensors(readFileSync(join(SHARDED, `${file}.safetensors`))))
      state.set(key, value);
  }
  change(state);
  return writeSafetensors(state);
}
const config = readConfig(readFileSync(join(SHARDED, 'config.json'), 'utf8')).config;

test('checkpoints that do not fit are refused by key', async () => {
  const refuse = (change: (state: Map<string, HostTensor>) => void, message: RegExp, more: object = {}) =>
    expect(load('gla_340m', { weights: changed(change), config: { ...config, ...more } })).rejects.toThrow(message);
  await refuse((state) => state.delete('lm_head.weight'), /missing: lm_head\.weight/);
  await refuse((state) => state.set('extra', hostTensor([1], new Float32Array(1))), /unexpected: extra/);
  await refuse(() => undefined, /unexpected: model\.layers\.2/, { numHiddenLayers: 2 });
  await refuse(() => undefined, /q_conv1d\.weight \(expected \[32, 1, 3\], got \[32, 1, 4\]\)/, { convSize: 3 });
  await refuse(() => undefined, /lm_head\.weight differs/, { tieWordEmbeddings: true });
  await refuse((state) => state.set('transformer.wte.weight', state.get('lm_head.weight')!), /paper's first code/);
  const twice = (state: Map<string, HostTensor>) => state.set('lm_head.weight', state.get('model.embeddings.weight')!);
  (await load('gla_340m', { weights: changed(twice), config: { ...config, tieWordEmbeddings: true } })).dispose();
});

test('either name of the head norm is taken', async () => {
  const bytes = changed((state) => {
    for (const key of [...state.keys()].filter((name) => name.includes('g_norm_swish_gate'))) {
      state.set(key.replace('g_norm_swish_gate', 'g_norm'), state.get(key)!);
      state.delete(key);
    }
  });
  (await load('gla_340m', { weights: bytes, config })).dispose();
  (await load('gla_340m', { weights: bytes, config: { ...config, fuseNorm: false } })).dispose();
});

test('configs that cannot be computed are refused by field', () => {
  const read = (fields: object) => readConfig(JSON.stringify({ model_type: 'gla', ...fields }));
  for (const fields of [
    { model_type: 'mamba' },
    { attn: { layers: [0] } },
    { attn: { layers: 0, num_heads: 4 } },
    { attn: { layers: [24], num_heads: 4 } },
    { attn: { layers: [0], num_heads: 3 } },
    { attn: { layers: [0], num_heads: 4, window_size: 0 } },
    { attn: { layers: [0], num_heads: 4, rope_theta: '10000' } },
    {
      attn: [
        { layers: [0], num_heads: 4 },
        { layers: [0], num_heads: 2 },
      ],
    },
    { attn: 'all' },
    { attnres_block_size: 4 },
    { hidden_act: 'gelu' },
    { attn_mode: 'parallel' },
    { feature_map: 'elu' },
    { num_heads: 3 },
    { num_kv_heads: 3 },
    { vocab_size: 0 },
    { norm_eps: 'small' },
    { hidden_size: 1e12 },
  ]) {
    expect(() => read(fields)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ argument: expect.any(String) }) }),
    );
  }
  expect(read({ use_gv: true, gate_logit_normalizer: 8 }).warnings).toHaveLength(2);
  expect(read({ hidden_size: 1024 }).config.intermediateSize).toBe(2816);
  expect(read({ num_heads: 8 }).config.numKvHeads).toBe(8);
  expect(read({ rms_norm_eps: 1e-5, attn_mode: 'fused_chunk' }).config.normEps).toBe(1e-5);
  const softmax = { layers: [1, 3], num_heads: 8, num_kv_heads: 2, qkv_bias: true, window_size: 64 };
  expect(read({ attn: softmax }).config.attn).toEqual([
    { layers: [1, 3], numHeads: 8, numKvHeads: 2, qkvBias: true, windowSize: 64, ropeTheta: 10_000 },
  ]);
  expect(read({ attn: null }).config.attn).toEqual([]);
  expect(read({ eos_token_id: [2, 3], pad_token_id: null }).config.eosTokenId).toEqual([2, 3]);
});

test('fresh weights come from the sizes that are given', async () => {
  const small = { vocabSize: 10, hiddenSize: 16, numHiddenLayers: 1, numHeads: 2, intermediateSize: 16 };
  using model = await load('gla_2.7b.100b', { weights: false, config: small, seed: 3 });
  expect((await model.stateDict()).get('lm_head.weight')!.shape).toEqual([10, 16]);
  await expect(model.tokenizer()).rejects.toThrow(ModelError);
  await expect(load('gla_2.7b.100b', { weights: false })).rejects.toThrow(/config\.json/);
  await expect(load('gla_340m', { weights: new Uint8Array(8) })).rejects.toThrow(/Pass \{ config \}/);
  await expect(load('gla_340m', { wieghts: 'x' })).rejects.toThrow(AttrError);
});

test('the tiny model reads bytes and is trained from fresh weights', async () => {
  using model = await load('gla_tiny', { weights: false });
  const tokenizer = await model.tokenizer();
  expect(tokenizer.encode('é!')).toEqual([195, 169, 33]);
  expect(tokenizer.decode([195, 169, 33])).toBe('é!');
  const state = await model.stateDict();
  const params = [...state.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(params).toBe(plugin.models!.find(({ name }) => name === 'gla_tiny')!.params);
  using again = await load('gla_tiny', { weights: writeSafetensors(state) });
  let text = '';
  for await (const token of again.generate('Call me', { maxNewTokens: 4 })) text += token.text;
  expect(text.length).toBeGreaterThan(0);
  await expect(load('gla_tiny')).rejects.toThrow(/no published weights/);
});

test.each([
  [{ hiddenSize: 1024, tieWordEmbeddings: true }, 341_707_776],
  [{ hiddenSize: 1024 }, 374_475_776],
  [{}, 1_365_514_240],
])('%j has as many parameters as upstream’s', (given, count) => {
  const module = new GLAForCausalLM(glaConfig(given));
  expect([...module.namedParameters().values()].reduce((sum, { size }) => sum + size, 0)).toBe(count);
});

test('the cards name the published checkpoints', () => {
  const repos = (plugin.models ?? []).flatMap((card) => card.hub?.repo ?? []);
  expect(repos).toEqual(['fla-hub/gla-340M-15B', 'fla-hub/gla-1.3B-100B', 'fla-hub/gla-2.7B-100B']);
});
