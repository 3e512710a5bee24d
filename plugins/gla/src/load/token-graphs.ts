import { add, type GraphSource, type Tensor } from '@paperzoo/core';
import type { GLAConfig } from '../models/gla-config';
import type { GLAForCausalLM } from '../models/gla-for-causal-lm';
import { headSizes } from '../models/head-sizes';
import { stateTensors, type LayerState } from '../models/layer-state';
import type { SoftmaxLayers } from '../models/softmax-layers';

/** Token ids [N, T], then a state's tensors where there is one, to logits and a state's tensors. */
export type TokenGraph = GraphSource<(ids: Tensor, ...past: Tensor[]) => readonly Tensor[]>;

/** One tensor of a layer's state: its name, and its shape for one row. */
interface Part {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** Tokens whose keys and values a growing state holds. */
const PAST = 'P';

/** The parts of each layer's state, in the order of `stateTensors`. */
function partsOf(config: GLAConfig): readonly Part[][] {
  const { numHiddenLayers, numHeads, useShortConv, convSize } = config;
  const { Dk, Dv, kvK, kvV } = headSizes(config);
  const recurrent = { name: 'recurrent', shape: [numHeads, Dk / numHeads, Dv / numHeads] };
  const convs = [
    { name: 'conv.q', shape: [Dk, convSize] },
    { name: 'conv.k', shape: [kvK, convSize] },
    { name: 'conv.v', shape: [kvV, convSize] },
  ];
  return Array.from({ length: numHiddenLayers }, (_, layer) => {
    const softmax = softmaxOf(config, layer);
    if (!softmax) return useShortConv ? [recurrent, ...convs] : [recurrent];
    const shape = [heldTokens(softmax) ?? PAST, ...headOf(config, softmax)];
    return [{ name: 'keys', shape }, { name: 'values', shape }]; // prettier-ignore
  });
}

const softmaxOf = ({ attn }: GLAConfig, layer: number): SoftmaxLayers | undefined =>
  attn.find(({ layers }) => layers.includes(layer));

/** A window's state has one size from the beginning on, so that a graph need not tell how full it is; undefined where the state grows. */
const heldTokens = ({ windowSize = null }: SoftmaxLayers): number | undefined =>
  windowSize === null ? undefined : windowSize - 1;

const headOf = ({ hiddenSize }: GLAConfig, { numHeads, numKvHeads = numHeads }: SoftmaxLayers) =>
  [numKvHeads, hiddenSize / numHeads] as const;

/**
 * What a runtime needs to generate text: `prefill` reads any number of tokens of any number of rows from their beginning, `step` one further token
 * of each row. ids [N, T] i32 → logits of the last token [N, vocabulary] and, per layer i, `present.i.*`, which go back in as `past.i.*`.
 *
 * With layers of softmax attention, `seen` [N] i32 counts the tokens of each row, and their `keys` and `values` [N, P, H, D] hold the last P of
 * them, growing by one in a step, or those that the window needs. Rows that have seen fewer have theirs at the end.
 */
export function tokenGraphs(module: GLAForCausalLM): { readonly prefill: TokenGraph; readonly step: TokenGraph } {
  const { config } = module;
  const parts = partsOf(config);
  const isHybrid = config.attn.length > 0;
  const results = (ids: Tensor, seen: Tensor, states: readonly (LayerState | undefined)[]): Tensor[] => {
    const [N, T] = ids.shape as readonly [number, number];
    const out = module(ids, { states, logits: 'last', ...(isHybrid && { seen }) });
    const logits = out.logits.reshape([N, config.vocabSize]);
    return [logits, ...(isHybrid ? [add(seen, T)] : []), ...out.states.flatMap(stateTensors)];
  };
  const named = (prefix: string) => [
    ...(isHybrid ? [{ name: `${prefix}.seen`, shape: ['N'], dtype: 'i32' as const }] : []),
    ...parts.flatMap((layer, i) =>
      layer.map(({ name, shape }) => ({
        name: `${prefix}.${i}.${name}`,
        shape: ['N', ...shape],
        dtype: 'f32' as const,
      })),
    ),
  ];
  const outputs = ['logits', ...named('present').map(({ name }) => name)];
  const ids = (T: number | string) => ({ name: 'ids', shape: ['N', T], dtype: 'i32' as const });
  return {
    prefill: {
      fn: (tokens) => {
        const { zoo } = tokens;
        const N = tokens.shape[0]!;
        const states = parts.map((_, i) => beginning(tokens, config, i));
        return results(tokens, zoo.zeros([N], 'i32'), states);
      },
      inputs: [ids('T')],
      outputs,
    },
    step: {
      fn: (tokens, ...past) => {
        const rest = [...past];
        const seen = (isHybrid ? rest.shift() : undefined)!;
        return results(
          tokens,
          seen,
          parts.map((layer) => stateOf(rest.splice(0, layer.length))),
        );
      },
      inputs: [ids(1), ...named('past')],
      outputs,
    },
  };
}

/** A window that is still empty; other layers begin with nothing. */
function beginning({ zoo, shape }: Tensor, config: GLAConfig, layer: number): LayerState | undefined {
  const softmax = softmaxOf(config, layer);
  const held = softmax && heldTokens(softmax);
  if (held === undefined) return undefined;
  const empty = () => zoo.zeros([shape[0]!, held, ...headOf(config, softmax!)]);
  return { keys: empty(), values: empty(), seen: [] };
}

function stateOf(tensors: readonly Tensor[]): LayerState {
  if (tensors.length === 2) return { keys: tensors[0]!, values: tensors[1]!, seen: [] };
  const [recurrent, q, k, v] = tensors as [Tensor, ...Tensor[]];
  return q && k && v ? { recurrent, conv: { q, k, v } } : { recurrent };
}
