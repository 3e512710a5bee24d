import { ModelError, type GraphSource, type Tensor } from '@paperzoo/core';
import type { GLAConfig } from '../models/gla-config';
import type { GLAForCausalLM } from '../models/gla-for-causal-lm';
import { headSizes } from '../models/head-sizes';
import { stateTensors, type LayerState } from '../models/layer-state';

/** Token ids [N, T], then a state's tensors where there is one, to logits and a state's tensors. */
export type TokenGraph = GraphSource<(ids: Tensor, ...past: Tensor[]) => readonly Tensor[]>;

/** Names and shapes of one layer's tensors for one row, in the order of `stateTensors`. */
function partsOf(config: GLAConfig): { readonly name: string; readonly shape: readonly number[] }[] {
  const { numHeads, useShortConv, convSize } = config;
  const { Dk, Dv, kvK, kvV } = headSizes(config);
  const recurrent = { name: 'recurrent', shape: [numHeads, Dk / numHeads, Dv / numHeads] };
  const convs = [
    { name: 'conv.q', shape: [Dk, convSize] },
    { name: 'conv.k', shape: [kvK, convSize] },
    { name: 'conv.v', shape: [kvV, convSize] },
  ];
  return useShortConv ? [recurrent, ...convs] : [recurrent];
}

/**
 * What a runtime needs to generate text: `prefill` reads any number of tokens of any number of rows from their beginning, `step` one further token
 * of each row. ids [N, T] i32 → logits of the last token [N, vocabulary] and, per layer i, `present.i.*`, which go back in as `past.i.*`.
 */
export function tokenGraphs(module: GLAForCausalLM): { readonly prefill: TokenGraph; readonly step: TokenGraph } {
  const { numHiddenLayers, vocabSize, attn } = module.config;
  if (attn.length > 0) {
    throw new ModelError('A model with softmax layers has no graphs: its state grows with the tokens.', {
      argument: 'attn',
    });
  }
  const parts = partsOf(module.config);
  const layers = Array.from({ length: numHiddenLayers }, (_, i) => i);
  const results = (ids: Tensor, states: readonly LayerState[] | undefined): Tensor[] => {
    const out = module(ids, { states, logits: 'last' });
    return [out.logits.reshape([ids.shape[0]!, vocabSize]), ...out.states.flatMap(stateTensors)];
  };
  const stateOf = (past: readonly Tensor[], i: number): LayerState => {
    const [recurrent, q, k, v] = past.slice(i * parts.length, (i + 1) * parts.length) as [Tensor, ...Tensor[]];
    return q && k && v ? { recurrent, conv: { q, k, v } } : { recurrent };
  };
  const outputs = ['logits', ...layers.flatMap((i) => parts.map(({ name }) => `present.${i}.${name}`))];
  const past = layers.flatMap((i) =>
    parts.map(({ name, shape }) => ({ name: `past.${i}.${name}`, shape: ['N', ...shape], dtype: 'f32' as const })),
  );
  const ids = (T: number | string) => ({ name: 'ids', shape: ['N', T], dtype: 'i32' as const });
  return {
    prefill: { fn: (tokens) => results(tokens, undefined), inputs: [ids('T')], outputs },
    step: {
      fn: (tokens, ...state) =>
        results(
          tokens,
          layers.map((i) => stateOf(state, i)),
        ),
      inputs: [ids(1), ...past],
      outputs,
    },
  };
}
