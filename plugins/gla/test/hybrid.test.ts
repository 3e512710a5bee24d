import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { concat, ModelError, type Tensor, type Zoo } from '@paperzoo/core';
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
} from '../src/index';
import { readConfig } from '../src/load/read-config';
import { det } from './harness/det';
import { DEVICES, zooOn } from './harness/zoo';

const D = 24;
type Shape = Omit<SoftmaxLayers, 'layers'>;
const SHAPES: readonly [string, Shape][] = [
  ['plain', { numHeads: 2 }],
  ['shared keys', { numHeads: 4, numKvHeads: 2, qkvBias: true }],
  ['window', { numHeads: 2, numKvHeads: 1, windowSize: 5, ropeTheta: 100 }],
  ['window of one', { numHeads: 3, windowSize: 1 }],
];

/** Softmax attention of one sequence by plain loops in double precision: the definition, written without any of the module's code. */
function plain(x: Float32Array, T: number, shape: Shape, weights: ReadonlyMap<string, Float32Array>): Float64Array {
  const { numHeads, numKvHeads = numHeads, windowSize = null, ropeTheta = 1e4 } = shape;
  const d = D / numHeads;
  const project = (name: string, t: number, row: number): number => {
    let sum = weights.get(`${name}.bias`)?.[row] ?? 0;
    for (let c = 0; c < D; c++) sum += weights.get(`${name}.weight`)![row * D + c]! * x[t * D + c]!;
    return sum;
  };
  const turned = (name: string, t: number, head: number, i: number): number => {
    const half = d / 2;
    const pair = i % half;
    const [a, b] = [project(name, t, head * d + pair), project(name, t, head * d + pair + half)];
    const angle = t / ropeTheta ** ((2 * pair) / d);
    return i < half ? a * Math.cos(angle) - b * Math.sin(angle) : b * Math.cos(angle) + a * Math.sin(angle);
  };
  const y = new Float64Array(T * D);
  for (let t = 0; t < T; t++) {
    const mixed = new Float64Array(D);
    const first = windowSize === null ? 0 : Math.max(0, t - windowSize + 1);
    for (let h = 0; h < numHeads; h++) {
      const kv = Math.floor((h * numKvHeads) / numHeads);
      const scores: number[] = [];
      for (let s = first; s <= t; s++) {
        let sum = 0;
        for (let i = 0; i < d; i++) sum += turned('q_proj', t, h, i) * turned('k_proj', s, kv, i);
        scores.push(Math.exp(sum / Math.sqrt(d)));
      }
      const total = scores.reduce((a, b) => a + b);
      scores.forEach((score, at) => {
        for (let i = 0; i < d; i++) mixed[h * d + i]! += (score / total) * project('v_proj', first + at, kv * d + i);
      });
    }
    for (let row = 0; row < D; row++) {
      for (let c = 0; c < D; c++) y[t * D + row]! += weights.get('o_proj.weight')![row * D + c]! * mixed[c]!;
    }
  }
  return y;
}

const worst = (got: ArrayLike<number>, wanted: ArrayLike<number>): number =>
  Array.from(wanted).reduce((most, x, i) => Math.max(most, Math.abs(got[i]! - x)), 0);

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

describe.each(DEVICES)('hybrid models on %s', (device) => {
  let zoo: Zoo;
  beforeAll(async () => (zoo = await zooOn(device)));
  afterAll(async () => {
    expect(zoo.memory().tensors).toBe(0);
    await zoo.dispose();
  });

  const load = async (attn: SoftmaxLayers[]): Promise<GLALanguageModel> =>
    zoo.load<GLALanguageModel>('gla_tiny', { weights: false, config: tiny({ attn }), seed: 3 });
  const take = async (x: Tensor): Promise<Float32Array> => {
    const values = (await x.data()) as Float32Array;
    x.dispose();
    return values;
  };
  const IDS = Array.from({ length: 23 }, (_, i) => (i * 29 + 7) % 64);

  test.each(SHAPES)('the layer is what its definition says: %s', async (_, shape) => {
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
      const wanted = plain(data.slice(b * T * D, (b + 1) * T * D), T, shape, weights);
      expect(worst(y.subarray(b * T * D), wanted)).toBeLessThan(3e-5);
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
    const whole = await take(concat(pieces, { dim: 1 }));
    expect(worst(whole, y)).toBeLessThan(3e-5);
    for (const piece of pieces) piece.dispose();
    const packed = await take(zoo.scope(() => layer(x.reshape([1, B * T, D]), { cuSeqlens: [0, T, T, 2 * T] }).y));
    expect(worst(packed, y)).toBeLessThan(3e-5);
    x.dispose();
    layer.dispose();
  });

  test.each(HYBRIDS)('reading by pieces and then token by token equals one pass: %s', async (_, attn) => {
    using model = await load(attn);
    const all = await take(model.forward(IDS));
    const last = (t: number) => all.subarray(t * 64, (t + 1) * 64);
    let { logits, state } = model.prefill(IDS.slice(0, 9));
    expect(worst(await take(logits), last(8))).toBeLessThan(2e-5);
    ({ logits, state } = model.prefill(IDS.slice(9, 16), { state }));
    expect(worst(await take(logits), last(15))).toBeLessThan(2e-5);
    for (let t = 16; t < IDS.length; t++) {
      expect(worst(await take(model.step([IDS[t]!], state)), last(t))).toBeLessThan(2e-5);
    }
    expect(state.seenTokens).toEqual([IDS.length]);
    state.dispose();
  });

  test.each(HYBRIDS)('padding on either side and holes change nothing: %s', async (_, attn) => {
    using model = await load(attn);
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
      expect(worst(both, [...end(alone[0]!), ...end(alone[1]!)])).toBeLessThan(2e-5);
      // From here on the rows stand at different places.
      const longer = await Promise.all(rows.map(async (ids) => take(model.forward([...ids, 5, 6]))));
      (await take(model.step([5, 5], read.state))).fill(0);
      const next = await take(model.step([6, 6], read.state));
      expect(worst(next, [...end(longer[0]!), ...end(longer[1]!)])).toBeLessThan(2e-5);
      read.state.dispose();
    }
  });

  test('states of rows at different places are picked, joined, saved and restored', async () => {
    using model = await load(HYBRIDS[2]![1]);
    const reads = [IDS.slice(0, 4), IDS.slice(2, 13)].map((ids) => model.prefill(ids));
    for (const { logits } of reads) logits.dispose();
    const joined = GLAState.concat(reads.map(({ state }) => state));
    const swapped = joined.select([1, 0, 1]);
    const saved = await swapped.save();
    const restored = GLAState.restore(zoo, saved);
    expect(restored.seenTokens).toEqual([11, 4, 11]);
    expect(restored.bytes).toBe(swapped.bytes);
    const clone = restored.clone();
    const step = async (state: GLAState) => take(model.step(new Array<number>(state.batch).fill(9), state));
    const [first, again, other] = [await step(restored), await step(clone), await step(swapped)];
    expect(again).toEqual(first);
    expect(other).toEqual(first);
    const singles = [await step(reads[1]!.state), await step(reads[0]!.state)];
    expect(worst(first, [...singles[0]!, ...singles[1]!, ...singles[0]!])).toBeLessThan(2e-5);
    for (const state of [joined, swapped, restored, clone, ...reads.map((read) => read.state)]) state.dispose();
  });

  test('a batch of prompts generates what each generates alone', async () => {
    using model = await load(HYBRIDS[0]![1]);
    const prompts = [IDS.slice(0, 12), IDS.slice(4, 7)];
    const tokens = async (prompt: number[] | number[][]) => {
      const found: number[][] = [[], []];
      for await (const { index, token } of model.generate(prompt, { maxNewTokens: 8 })) found[index]!.push(token);
      return found;
    };
    const together = await tokens(prompts);
    expect(together).toEqual([(await tokens(prompts[0]!))[0], (await tokens(prompts[1]!))[0]]);
  });

  test('a window bounds the state, no window lets it grow', async () => {
    const bytes = async (windowSize: number | null) => {
      using model = await load([{ layers: [1], numHeads: 2, windowSize }]);
      const { logits, state } = model.prefill(IDS.slice(0, 10));
      logits.dispose();
      const before = state.bytes;
      (await take(model.step([1], state))).fill(0);
      const grown = state.bytes - before;
      state.dispose();
      return grown;
    };
    expect(await bytes(4)).toBe(0);
    expect(await bytes(null)).toBe(2 * 4 * D);
  });

  test('gradients reach every parameter', async () => {
    const model = new GLAForCausalLM(tiny({ attn: HYBRIDS[1]![1] })).initialize({ seed: 1 });
    const ids = zoo.tensor(IDS, { shape: [1, IDS.length], dtype: 'i32' });
    const { value, grads } = zoo.valueAndGrad(() => model.loss(ids, ids), model.parameters(zoo));
    for (const grad of Object.values(grads)) {
      const values = await take(grad);
      expect(values.every(Number.isFinite) && values.some((x) => x !== 0)).toBe(true);
    }
    expect(Object.keys(grads).filter((key) => /layers\.0\.attn\./.test(key))).toHaveLength(7);
    value.dispose();
    ids.dispose();
    model.dispose();
  });

  test('a checkpoint of a hybrid loads under upstream’s keys, whatever its first layer is', async () => {
    using model = await load(HYBRIDS[1]![1]);
    const weights = writeSafetensors(await model.stateDict());
    const attn = { layers: [0, 2], num_heads: 4, num_kv_heads: 2, qkv_bias: true, window_size: 6 };
    const sizes = { vocab_size: 64, hidden_size: D, num_hidden_layers: 3, num_heads: 2, intermediate_size: 32 };
    const { config } = readConfig(JSON.stringify({ model_type: 'gla', ...sizes, attn }));
    using loaded = await zoo.load<GLALanguageModel>('gla_340m', { weights, config });
    expect(loaded.module.config.gateLowRankDim).toBe(4);
    expect(await take(loaded.forward(IDS))).toEqual(await take(model.forward(IDS)));
  });

  test('a state of the wrong kind is refused', async () => {
    using hybrid = await load([{ layers: [0], numHeads: 2 }]);
    using other = await load([{ layers: [1], numHeads: 2 }]);
    const { logits, state } = hybrid.prefill([1, 2, 3]);
    logits.dispose();
    expect(() => other.step([4], state)).toThrow(ModelError);
    state.dispose();
  });
});
