import { concat, type Tensor, type Zoo } from '@paperzoo/core';
import { writeSafetensors } from '@paperzoo/hub';
import { hostTensor } from '@paperzoo/nn';
import {
  GLAForCausalLM,
  GLAState,
  glaConfig,
  SoftmaxAttention,
  type GLAConfig,
  type GLALanguageModel,
  type KeyValueState,
  type SoftmaxLayers,
} from '../../src/index';
import { readConfig } from '../../src/load/read-config';
import { det } from '../harness/det';
import { D, plainAttention, type Shape } from '../harness/plain-attention';
import type { DeviceCase } from './case';
import { Judge } from './judge';

const SHAPES: readonly [string, Shape][] = [
  ['plain', { numHeads: 2 }],
  ['shared keys', { numHeads: 4, numKvHeads: 2, qkvBias: true }],
  ['window', { numHeads: 2, numKvHeads: 1, windowSize: 5, ropeTheta: 100 }],
  ['window of one', { numHeads: 3, windowSize: 1 }],
];

const tiny = (given: Partial<GLAConfig>): GLAConfig =>
  glaConfig({
    ...{ vocabSize: 64, hiddenSize: D, numHiddenLayers: 3, numHeads: 2, intermediateSize: 32, gateLowRankDim: 4 },
    // Large weights, so that a wrong token shows in the logits.
    ...{ initializerRange: 0.3, bosTokenId: null, eosTokenId: null, ...given },
  });

const HYBRIDS: readonly [string, SoftmaxLayers[]][] = [
  ['one layer', [{ layers: [1], numHeads: 2 }]],
  ['a window and shared keys', [{ layers: [0, 2], numHeads: 4, numKvHeads: 2, qkvBias: true, windowSize: 6 }]],
  ['two kinds', [{ layers: [0], numHeads: 2, windowSize: 3 }, { layers: [2], numHeads: 1 }]], // prettier-ignore
];

const IDS = Array.from({ length: 23 }, (_, i) => (i * 29 + 7) % 64);

const load = (zoo: Zoo, attn: SoftmaxLayers[]): Promise<GLALanguageModel> =>
  zoo.load<GLALanguageModel>('gla_tiny', { weights: false, config: tiny({ attn }), seed: 3 });
const take = async (x: Tensor): Promise<Float32Array> => {
  const values = (await x.data()) as Float32Array;
  x.dispose();
  return values;
};

const layer = (shape: Shape) => async (zoo: Zoo) => {
  const judge = new Judge();
  const layer = new SoftmaxAttention(D, shape);
  const weights = new Map<string, Float32Array>();
  for (const [key, parameter] of layer.namedParameters()) {
    const values = det([`hybrid/${key}`, [...parameter.shape], 0.4, 0]);
    weights.set(key, values);
    parameter.set(hostTensor(parameter.shape, values));
  }
  const [T, B] = [11, 2];
  const data = det(['hybrid/x', [B, T, D], 1, 0]);
  const x = zoo.tensor(data, { shape: [B, T, D] });
  const y = await take(zoo.scope(() => layer(x).y));
  for (let b = 0; b < B; b++) {
    const wanted = plainAttention(data.slice(b * T * D, (b + 1) * T * D), T, shape, weights);
    judge.close(`row ${b}`, y.subarray(b * T * D), wanted, 3e-5);
  }
  // The same tokens in pieces, and packed without a batch.
  const pieces = zoo.scope(() => {
    let state: KeyValueState | undefined;
    return [0, 1, 2, 3, 7, 8, 11].slice(1).map((end, i, ends) => {
      const out = layer(x.slice(1, i === 0 ? 0 : ends[i - 1]!, end), { state });
      state = out.state;
      return out.y;
    });
  });
  judge.close('in pieces it', await take(concat(pieces, { dim: 1 })), y, 3e-5);
  for (const piece of pieces) piece.dispose();
  const packed = zoo.scope(() => layer(x.reshape([1, B * T, D]), { cuSeqlens: [0, T, T, 2 * T] }).y);
  judge.close('packed it', await take(packed), y, 3e-5);
  x.dispose();
  layer.dispose();
  return judge.wrong;
};

const byPieces = (attn: SoftmaxLayers[]) => async (zoo: Zoo) => {
  const judge = new Judge();
  using model = await load(zoo, attn);
  const all = await take(model.forward(IDS));
  const last = (t: number) => all.subarray(t * 64, (t + 1) * 64);
  let { logits, state } = model.prefill(IDS.slice(0, 9));
  judge.close('the first piece', await take(logits), last(8), 2e-5);
  ({ logits, state } = model.prefill(IDS.slice(9, 16), { state }));
  judge.close('the second piece', await take(logits), last(15), 2e-5);
  for (let t = 16; t < IDS.length; t++) {
    judge.close(`token ${t}`, await take(model.step([IDS[t]!], state)), last(t), 2e-5);
  }
  judge.equal('the count of tokens', state.seenTokens, [IDS.length]);
  state.dispose();
  return judge.wrong;
};

const padding = (attn: SoftmaxLayers[]) => async (zoo: Zoo) => {
  const judge = new Judge();
  using model = await load(zoo, attn);
  const rows = [IDS.slice(0, 9), IDS.slice(3, 8)];
  const alone = await Promise.all(rows.map(async (ids) => take(model.forward(ids))));
  const end = (values: Float32Array) => values.slice(-64);
  const pad = (ids: number[], mask: number[]) => {
    let at = 0;
    return mask.map((one) => (one ? ids[at++]! : 63));
  };
  for (const mask of [
    [0, 0, 0, 0, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 0, 0, 0, 0],
    [0, 1, 0, 1, 1, 1, 0, 0, 1],
  ]) {
    const attentionMask = [new Array<number>(9).fill(1), mask];
    const read = model.prefill([rows[0]!, pad(rows[1]!, mask)], { attentionMask });
    const both = await take(read.logits);
    judge.close(`mask ${mask.join('')}`, both, [...end(alone[0]!), ...end(alone[1]!)], 2e-5);
    // From here on the rows stand at different places.
    const longer = await Promise.all(rows.map(async (ids) => take(model.forward([...ids, 5, 6]))));
    model.step([5, 5], read.state).dispose();
    const next = await take(model.step([6, 6], read.state));
    judge.close(`after mask ${mask.join('')}`, next, [...end(longer[0]!), ...end(longer[1]!)], 2e-5);
    read.state.dispose();
  }
  return judge.wrong;
};

async function states(zoo: Zoo) {
  const judge = new Judge();
  using model = await load(zoo, HYBRIDS[2]![1]);
  const reads = [IDS.slice(0, 4), IDS.slice(2, 13)].map((ids) => model.prefill(ids));
  for (const { logits } of reads) logits.dispose();
  const joined = GLAState.concat(reads.map(({ state }) => state));
  const swapped = joined.select([1, 0, 1]);
  const restored = GLAState.restore(zoo, await swapped.save());
  judge.equal('counts', restored.seenTokens, [11, 4, 11]);
  judge.equal('bytes', restored.bytes, swapped.bytes);
  const clone = restored.clone();
  const step = async (state: GLAState) => take(model.step(new Array<number>(state.batch).fill(9), state));
  const first = await step(restored);
  judge.close('the clone', await step(clone), first, 0);
  judge.close('what was saved', await step(swapped), first, 0);
  const singles = [await step(reads[1]!.state), await step(reads[0]!.state)];
  judge.close('the rows', first, [...singles[0]!, ...singles[1]!, ...singles[0]!], 2e-5);
  for (const state of [joined, swapped, restored, clone, ...reads.map((read) => read.state)]) state.dispose();
  return judge.wrong;
}

async function batch(zoo: Zoo) {
  const judge = new Judge();
  using model = await load(zoo, HYBRIDS[0]![1]);
  const prompts = [IDS.slice(0, 12), IDS.slice(4, 7)];
  const tokens = async (prompt: number[] | number[][]) => {
    const found: number[][] = [[], []];
    for await (const { index, token } of model.generate(prompt, { maxNewTokens: 8 })) found[index]!.push(token);
    return found;
  };
  const alone = [(await tokens(prompts[0]!))[0], (await tokens(prompts[1]!))[0]];
  judge.equal('the batch', await tokens(prompts), alone);
  return judge.wrong;
}

async function window(zoo: Zoo) {
  const judge = new Judge();
  const grown = async (windowSize: number | null) => {
    using model = await load(zoo, [{ layers: [1], numHeads: 2, windowSize }]);
    const { logits, state } = model.prefill(IDS.slice(0, 10));
    logits.dispose();
    const before = state.bytes;
    model.step([1], state).dispose();
    const bytes = state.bytes - before;
    state.dispose();
    return bytes;
  };
  judge.equal('what a window adds', await grown(4), 0);
  judge.equal('what no window adds', await grown(null), 2 * 4 * D);
  return judge.wrong;
}

async function gradients(zoo: Zoo) {
  const judge = new Judge();
  const model = new GLAForCausalLM(tiny({ attn: HYBRIDS[1]![1] })).initialize({ seed: 1 });
  const ids = zoo.tensor(IDS, { shape: [1, IDS.length], dtype: 'i32' });
  const { value, grads } = zoo.valueAndGrad(() => model.loss(ids, ids), model.parameters(zoo));
  for (const [key, grad] of Object.entries(grads)) {
    const values = await take(grad);
    judge.holds(values.every(Number.isFinite) && values.some((x) => x !== 0), `${key} has no gradient`);
  }
  judge.equal('gradients of attention', Object.keys(grads).filter((key) => /layers\.0\.attn\./.test(key)).length, 7);
  value.dispose();
  ids.dispose();
  model.dispose();
  return judge.wrong;
}

async function loading(zoo: Zoo) {
  const judge = new Judge();
  using model = await load(zoo, HYBRIDS[1]![1]);
  const weights = writeSafetensors(await model.stateDict());
  const attn = { layers: [0, 2], num_heads: 4, num_kv_heads: 2, qkv_bias: true, window_size: 6 };
  const sizes = { vocab_size: 64, hidden_size: D, num_hidden_layers: 3, num_heads: 2, intermediate_size: 32 };
  const { config } = readConfig(JSON.stringify({ model_type: 'gla', ...sizes, attn }));
  using loaded = await zoo.load<GLALanguageModel>('gla_340m', { weights, config });
  judge.equal('the rank of the gates', loaded.module.config.gateLowRankDim, 4);
  judge.close('what was loaded', await take(loaded.forward(IDS)), await take(model.forward(IDS)), 0);
  return judge.wrong;
}

/** Models that mix layers of gated linear and of softmax attention. */
export const hybrids = (): DeviceCase[] => [
  ...SHAPES.map(([name, shape]) => ({ name: `the layer is what its definition says: ${name}`, run: layer(shape) })),
  ...HYBRIDS.flatMap(([name, attn]) => [
    { name: `reading by pieces and then token by token equals one pass: ${name}`, run: byPieces(attn) },
    { name: `padding on either side and holes change nothing: ${name}`, run: padding(attn) },
  ]),
  { name: 'states of rows at different places are picked, joined, saved and restored', run: states },
  { name: 'a batch of prompts generates what each generates alone', run: batch },
  { name: 'a window bounds the state, no window lets it grow', run: window },
  { name: 'gradients reach every parameter', run: gradients },
  { name: 'a checkpoint of a hybrid loads under upstream’s keys, whatever its first layer is', run: loading },
];
