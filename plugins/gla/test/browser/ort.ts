// GLA on onnxruntime's WebGPU back-end, in a page.
import { createZoo, type GraphValue } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { ort } from '@paperzoo/onnx';
import plugin, { type GLALanguageModel } from '../../src/index';

export interface OrtReport {
  /** Largest difference of the logits of the prompt and of each step from the zoo's own, relative to the largest logit. */
  readonly off: readonly number[];
  /** Where each tensor of the state lies after the steps. */
  readonly places: readonly string[];
  /** Buffers of the card that each step read. */
  readonly readsPerStep: number;
}

declare global {
  var ready: boolean;
  var decode: (config: object) => Promise<OrtReport>;
}

const PROMPT = [5, 6, 7, 8];
const STEPS = [20, 3, 9];

globalThis.decode = async (config) => {
  await using zoo = await createZoo({ device: wasm(), plugins: [plugin], log: () => undefined });
  using model = await zoo.load<GLALanguageModel>('gla_tiny', { weights: false, seed: 3, config });
  const executor = ort({ backend: 'webgpu', wasmPaths: new URL('/ort/', location.href).href });
  const graphs = model.graphs();
  const held = graphs.step.outputs!.slice(1);
  const prefill = await zoo.compile(graphs.prefill, { executor, held });
  const step = await zoo.compile(graphs.step, { executor, held });
  const ids = (tokens: readonly number[]) => zoo.tensor(Int32Array.from(tokens), { shape: [1, tokens.length] });

  const [first, ...begun] = await prefill.run([ids(PROMPT)]);
  const own = model.prefill(PROMPT);
  const off = [await difference(first!, own.logits)];
  let state = begun;
  const reads = countReads();
  for (const token of STEPS) {
    const [logits, ...after] = await step.run([ids([token]), ...state]);
    for (const each of state) each.dispose();
    state = after;
    off.push(await difference(logits!, model.step([token], own.state)));
  }
  const report = { off, places: state.map(placeOf), readsPerStep: reads() / STEPS.length };
  for (const each of [...state, own.state]) each.dispose();
  await prefill.dispose();
  await step.dispose();
  return report;
};
globalThis.ready = true;

async function difference(there: GraphValue, here: GraphValue): Promise<number> {
  const [got, wanted] = [await there.data(), Array.from(await here.data())];
  for (const each of [there, here]) each.dispose();
  return Math.max(...wanted.map((x, i) => Math.abs(x - got[i]!))) / Math.max(...wanted.map(Math.abs));
}

/** Where onnxruntime holds a value: `cpu` or `gpu-buffer`. */
const placeOf = (value: GraphValue): string =>
  (value as unknown as { readonly tensor: { readonly location: string } }).tensor.location;

/** Counts how often a buffer of the card is mapped, which is how one is read, until it is asked. */
function countReads(): () => number {
  const { prototype } = (
    globalThis as unknown as { GPUBuffer: { prototype: { mapAsync(...mode: number[]): unknown } } }
  ).GPUBuffer;
  const { mapAsync } = prototype;
  let count = 0;
  prototype.mapAsync = function (this: object, ...mode) {
    count++;
    return mapAsync.apply(this, mode);
  };
  return () => {
    prototype.mapAsync = mapAsync;
    return count;
  };
}
