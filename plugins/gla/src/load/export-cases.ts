import type { Spec, Tensor } from '@paperzoo/core';
import type { GLAConfig } from '../models/gla-config';
import type { GLAForCausalLM } from '../models/gla-for-causal-lm';
import { headSizes } from '../models/head-sizes';
import { stateTensors, type LayerState } from '../models/layer-state';

/** A function of tensors with everything that an exporter of graphs wants to know about it. */
export interface ExportCase {
  readonly fn: (...inputs: Tensor[]) => readonly Tensor[];
  readonly specs: readonly Spec[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Axes of inputs that may have any size, by input. */
  readonly dynamic: Readonly<Record<string, Readonly<Record<number, string>>>>;
}

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
export function exportCases(module: GLAForCausalLM): { readonly prefill: ExportCase; readonly step: ExportCase } {
  const { numHiddenLayers, vocabSize } = module.config;
  const parts = partsOf(module.config);
  const named = (prefix: string) =>
    Array.from({ length: numHiddenLayers }, (_, i) => parts.map(({ name }) => `${prefix}.${i}.${name}`)).flat();
  const results = (ids: Tensor, states: readonly LayerState[] | undefined): Tensor[] => {
    const out = module(ids, { states, logits: 'last' });
    return [out.logits.reshape([ids.shape[0]!, vocabSize]), ...out.states.flatMap(stateTensors)];
  };
  const step = (ids: Tensor, ...past: Tensor[]): Tensor[] => {
    const states = Array.from({ length: numHiddenLayers }, (_, i): LayerState => {
      const [recurrent, q, k, v] = past.slice(i * parts.length, (i + 1) * parts.length) as [Tensor, ...Tensor[]];
      return q && k && v ? { recurrent, conv: { q, k, v } } : { recurrent };
    });
    return results(ids, states);
  };
  const outputNames = ['logits', ...named('present')];
  const pastNames = named('past');
  const pastSpecs = pastNames.map((_, at): Spec => ({ shape: [1, ...parts[at % parts.length]!.shape], dtype: 'f32' }));
  return {
    prefill: {
      fn: (ids) => results(ids!, undefined),
      specs: [{ shape: [1, 32], dtype: 'i32' }],
      inputNames: ['ids'],
      outputNames,
      dynamic: { ids: { 0: 'N', 1: 'T' } },
    },
    step: {
      fn: (ids, ...past) => step(ids!, ...past),
      specs: [{ shape: [1, 1], dtype: 'i32' }, ...pastSpecs],
      inputNames: ['ids', ...pastNames],
      outputNames,
      dynamic: { ids: { 0: 'N' }, ...Object.fromEntries(pastNames.map((name) => [name, { 0: 'N' }])) },
    },
  };
}
