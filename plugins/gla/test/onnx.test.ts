import { describe, expect, test } from '@jest/globals';
import { createZoo, NoKernelError, type TypedArray } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { exportModel, exportOnnx, FORMS, ort as onnxruntime } from '@paperzoo/onnx';
import { conformOnnx, onnxRunner, onnxWriter } from '@paperzoo/testing';
import * as ort from 'onnxruntime-node';
import plugin, { glaGrad, type GLALanguageModel } from '../src/index';
import type { TokenGraph } from '../src/load/token-graphs';

const run = onnxRunner(ort);

describe.each(FORMS)('ops, %s', (form) => {
  const ops = plugin.ops!.filter((op) => op !== glaGrad);
  for (const check of conformOnnx(ops, { write: onnxWriter(exportOnnx, { form }), run, plugins: [plugin] }))
    test(check.name, check.run);
});

const open = () => createZoo({ device: wasm(), plugins: [plugin], log: () => undefined });

test('a gradient, which has no composite without a tape, is refused by name', async () => {
  await using zoo = await open();
  const spec = { shape: [1, 3, 2, 4], dtype: 'f32' } as const;
  const state = { shape: [1, 2, 4, 4], dtype: 'f32' } as const;
  const written = exportOnnx(zoo, (q, k, v, dO, dS) => glaGrad(q!, k!, v!, dO!, dS!), [spec, spec, spec, spec, state]);
  await expect(written).rejects.toThrow(NoKernelError);
  await expect(written).rejects.toThrow('gla.gla_grad');
});

const SMALL = { numHiddenLayers: 2, hiddenSize: 64, vocabSize: 97, intermediateSize: 96 };
const CASES: readonly (readonly [string, string, object])[] = [
  ...plugin.models!.map(({ name, config }) => [name, name, { ...config, ...SMALL }] as const),
  ['with short convolutions', 'gla_tiny', { ...SMALL, useShortConv: true }],
  ['with shared key heads', 'gla_tiny', { ...SMALL, numHeads: 4, numKvHeads: 2 }],
  ['with a layer of softmax attention', 'gla_tiny', { ...SMALL, attn: [{ layers: [1], numHeads: 4 }] }],
  [
    'with windows and shared keys of softmax attention',
    'gla_tiny',
    {
      ...{ ...SMALL, numHiddenLayers: 3, useShortConv: true },
      attn: [
        { layers: [0], numHeads: 4, numKvHeads: 2, windowSize: 6, qkvBias: true },
        { layers: [2], numHeads: 2, windowSize: 1, ropeTheta: 100 },
      ],
    },
  ],
];

describe.each(CASES)('%s', (_, name, config) => {
  test('prefill of any length, then steps, give what the model gives', async () => {
    await using zoo = await open();
    const model = await zoo.load<GLALanguageModel>(name, { weights: false, seed: 3, config });
    const write = async (which: 'prefill' | 'step') => {
      const file = await exportModel(zoo, model, { graph: which });
      expect(file.metadata).toMatchObject({
        'paperzoo.plugin': plugin.name,
        'gla.gla': expect.stringContaining('bound'),
      });
      return file.bytes;
    };
    const [prefill, step] = [await write('prefill'), await write('step')];
    const { vocabSize } = model.module.config;
    const rows = [0, 1].map((row) => Array.from({ length: 21 }, (_, t) => (t * 31 + row * 7) % vocabSize));
    const head = rows.map((ids) => ids.slice(0, 18));
    const { logits: first, state } = model.prefill(head);
    let results = await run(prefill, { ids: ids(head) });
    expect(furthest(results.logits!, await first.data())).toBeLessThan(2e-5);
    for (let t = 18; t < 21; t++) {
      const next = rows.map((row) => row[t]!);
      const logits = model.step(next, state);
      results = await run(step, {
        ids: ids(next.map((id) => [id])),
        ...past(model.graphs().step, results, { N: 2, P: t }),
      });
      expect(furthest(results.logits!, await logits.data())).toBeLessThan(2e-5);
    }
  });
});

test('trained weights in half precision and beside the model give what the model gives', async () => {
  await using zoo = await open();
  using model = await zoo.load<GLALanguageModel>('gla_tiny.moby_dick');
  const { bytes, externalData } = await exportModel(zoo, model, { weights: 'f16', externalData: 'w.bin' });
  const [beside] = externalData!;
  const data = new Uint8Array(beside!.size);
  let at = 0;
  for await (const chunk of beside!.chunks()) {
    data.set(chunk, at);
    at += chunk.length;
  }
  expect(bytes.length).toBeLessThan(100_000);
  const graph = await onnxruntime({ backend: 'node' }).open(zoo, { bytes, externalData: [{ name: 'w.bin', bytes: data }] }); // prettier-ignore
  const text = Array.from('Call me Ishmael. Some years ago', (letter) => letter.charCodeAt(0));
  const [got] = await graph(zoo.tensor(Int32Array.from(text), { shape: [1, text.length] }));
  const { logits } = model.prefill(text);
  // The matrices are published in half precision already; norms and biases are rounded, by 2⁻¹¹ of their size at most.
  expect(furthest(await got!.data(), await logits.data())).toBeLessThan(2 ** -11);
  await graph.dispose();
});

const ids = (rows: readonly (readonly number[])[]) => ({
  shape: [rows.length, rows[0]!.length],
  dtype: 'i32' as const,
  values: Int32Array.from(rows.flat()),
});

/** What one call presented, as the next one's past. */
const past = (
  { inputs }: TokenGraph,
  results: Readonly<Record<string, TypedArray>>,
  sizes: Readonly<Record<string, number>>,
) =>
  Object.fromEntries(
    inputs.slice(1).map(({ name, shape, dtype }) => {
      const values = results[name.replace('past', 'present')]!;
      return [name, { shape: shape.map((size) => (typeof size === 'number' ? size : sizes[size]!)), dtype, values }];
    }),
  );

/** Largest difference, relative to the largest value. */
function furthest(got: TypedArray, wanted: TypedArray): number {
  const all = Array.from(wanted);
  return Math.max(...all.map((value, i) => Math.abs(value - got[i]!))) / Math.max(...all.map(Math.abs));
}
