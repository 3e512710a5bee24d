import { ModelError } from '@paperzoo/core';
import type { HostTensor } from '@paperzoo/nn';
import type { GLAConfig } from '../models/gla-config';

/** A checkpoint's tensors under the module's keys. */
export type State = Map<string, HostTensor>;

/**
 * Brings a checkpoint of any of upstream's layouts to the module's keys: an MLP whose gate_proj holds gate and up rows (before February 2025),
 * either name of the head norm, and a head that repeats tied embeddings.
 * @throws ModelError for a tied checkpoint whose head differs from its embeddings, and for the paper's first code
 */
export function glaState(checkpoint: ReadonlyMap<string, HostTensor>, config: GLAConfig, model: string): State {
  const state: State = new Map(checkpoint);
  if (state.has('transformer.wte.weight')) {
    throw new ModelError(`${model}: this checkpoint has the layout of the paper's first code, which is not read.`, {
      argument: 'transformer.wte.weight',
      expected: 'model.embeddings.weight',
      remedy: 'Use one of the hub’s fla-hub/gla-… checkpoints.',
    });
  }
  for (let i = 0; i < config.numHiddenLayers; i++) {
    splitMlp(state, `model.layers.${i}.mlp`, config.intermediateSize);
    renameNorm(state, `model.layers.${i}.attn`, config);
  }
  if (config.tieWordEmbeddings) dropHead(state, model);
  return state;
}

/** Rank of the gate's projection, which no config holds. */
export function gateRank(checkpoint: ReadonlyMap<string, HostTensor>): number | undefined {
  // Not always the first layer's: a hybrid may begin with softmax attention.
  for (const [key, { shape }] of checkpoint)
    if (/^model\.layers\.\d+\.attn\.gk_proj\.0\.weight$/.test(key)) return shape[0];
  return undefined;
}

function splitMlp(state: State, prefix: string, inner: number): void {
  const both = state.get(`${prefix}.gate_proj.weight`);
  if (!both || state.has(`${prefix}.up_proj.weight`) || both.shape[0] !== 2 * inner) return;
  state.set(`${prefix}.gate_proj.weight`, rows(both, 0, inner));
  state.set(`${prefix}.up_proj.weight`, rows(both, inner, 2 * inner));
}

/** Some rows of a matrix, as a view on its bytes. */
function rows(tensor: HostTensor, begin: number, end: number): HostTensor {
  const [count, width] = tensor.shape as readonly [number, number];
  const bytes = tensor.bytes.byteLength / count;
  return {
    shape: [end - begin, width],
    dtype: tensor.dtype,
    bytes: tensor.bytes.subarray(begin * bytes, end * bytes),
    toF32: () => tensor.toF32().slice(begin * width, end * width),
  };
}

function renameNorm(state: State, prefix: string, { useOutputGate, fuseNorm }: GLAConfig): void {
  const names = ['g_norm', 'g_norm_swish_gate'].map((name) => `${prefix}.${name}.weight`) as [string, string];
  const [wanted, other] = useOutputGate && fuseNorm ? [names[1], names[0]] : names;
  const found = state.get(other);
  if (!found || state.has(wanted)) return;
  state.delete(other);
  state.set(wanted, found);
}

function dropHead(state: State, model: string): void {
  const head = state.get('lm_head.weight');
  const embeddings = state.get('model.embeddings.weight');
  if (!head || !embeddings) return;
  const same =
    head.dtype === embeddings.dtype &&
    head.bytes.length === embeddings.bytes.length &&
    head.bytes.every((byte, i) => byte === embeddings.bytes[i]);
  if (!same) {
    throw new ModelError(
      `${model}: the config ties the head to the embeddings, but lm_head.weight differs from them.`,
      {
        argument: 'lm_head.weight',
        expected: 'the values of model.embeddings.weight',
      },
    );
  }
  state.delete('lm_head.weight');
}
