// GLA's two graphs on onnxruntime beside our own device: what a generated token costs, and what reading a prompt does.
import type { GraphValue, Zoo } from '@paperzoo/core';
import type { GLALanguageModel } from '@paperzoo/gla';
import { ort, type OrtBackend } from '@paperzoo/onnx';
import type { Absent, Contestant } from '../peers/contestant';
import { guard } from '../peers/guard';
import { openZoo } from '../peers/paperzoo';
import type { TimedCase } from './case';

/** GLA-340M has 24 such layers; four keep three copies of the weights, one per runtime, within 3 GB. */
const LAYERS = 4;
const PROMPT = Array.from({ length: 128 }, (_, i) => (i * 37) % 1000);
const NEXT = 5;

type Kind = 'prefill' | 'step';

const LANES: readonly { readonly id: string; readonly label: string; readonly backend: OrtBackend }[] = [
  { id: 'ort-web', label: 'onnxruntime-web, our file', backend: 'wasm' },
  { id: 'ort-node', label: 'onnxruntime-node, our file', backend: 'node' },
];

async function contestants(kind: Kind): Promise<(Contestant | Absent)[]> {
  const { default: gla } = await import('@paperzoo/gla');
  const zoo = await openZoo(1, [gla]);
  const card = gla.models!.find(({ name }) => name === 'gla_340m.15b')!;
  const config = { ...card.config, numHiddenLayers: LAYERS };
  const model = await zoo.load<GLALanguageModel>(card.name, { weights: false, seed: 1, config });
  const others: (Contestant | Absent)[] = [];
  for (const { id, label, backend } of LANES)
    others.push(await guard({ id, label }, 1, () => onRuntime(zoo, model, kind, { id, label, backend })));
  return [here(zoo, model, kind), ...others];
}

/** Ours; the zoo ends with it. */
function here(zoo: Zoo, model: GLALanguageModel, kind: Kind): Contestant {
  const { state, logits } = model.prefill(PROMPT);
  logits.dispose();
  const call = async (): Promise<Float32Array> => {
    const own = kind === 'step' ? state.clone() : undefined;
    const made = own ? { logits: model.step([NEXT], own), state: own } : model.prefill(PROMPT);
    const values = (await made.logits.data()) as Float32Array;
    for (const each of [made.logits, made.state]) each.dispose();
    return values;
  };
  const dispose = async () => {
    state.dispose();
    model.dispose();
    await zoo.dispose();
  };
  return { id: 'paperzoo', label: 'paperzoo', threads: 1, run: call, output: call, dispose };
}

/** A graph on onnxruntime, the state that a step reads and makes held there. */
async function onRuntime(
  zoo: Zoo,
  model: GLALanguageModel,
  kind: Kind,
  { id, label, backend }: (typeof LANES)[number],
): Promise<Contestant> {
  const executor = ort({ backend });
  const graphs = model.graphs();
  const options = { executor, held: graphs.step.outputs!.slice(1), form: 'contrib', sizes: { N: 1 } } as const;
  const ids = (tokens: readonly number[]) => zoo.tensor(Int32Array.from(tokens), { shape: [1, tokens.length] });
  const prefill = await zoo.compile(graphs.prefill, options);
  const [first, ...past] = await prefill.run([ids(PROMPT)]);
  first!.dispose();
  const graph = kind === 'step' ? await zoo.compile(graphs.step, options) : prefill;
  const inputs: readonly GraphValue[] = kind === 'step' ? [ids([NEXT]), ...past] : [ids(PROMPT)];
  const call = async (): Promise<Float32Array> => {
    const [logits, ...state] = await graph.run(inputs);
    const values = (await logits!.data()) as Float32Array;
    for (const each of [logits!, ...state]) each.dispose();
    return values;
  };
  const dispose = async () => {
    for (const each of past) each.dispose();
    await prefill.dispose();
    if (graph !== prefill) await graph.dispose();
  };
  return { id, label, threads: 1, run: call, output: call, dispose };
}

const gated = (kind: Kind, title: string, what: string): TimedCase => ({
  ...{ kind: 'timed', id: `gla-${kind}-ort`, group: 'model', plugin: '@paperzoo/gla', threads: 1, quick: true },
  title,
  definition: `${what} by ${LAYERS} layers of GLA-340M's size with its vocabulary (84 M parameters, fresh weights), float32, one row: our wasm device, and onnxruntime on the graphs that exportModel writes (form contrib), whose state is held by the runtime. Logits are read and compared.`,
  prepare: () => contestants(kind),
});

/** Each runtime generates by the same model. */
export const glaDecodeCases: readonly TimedCase[] = [
  gated('step', 'a token of GLA on onnxruntime', 'One further token'),
  gated('prefill', 'a prompt of GLA on onnxruntime', `${PROMPT.length} tokens read from the beginning`),
];
