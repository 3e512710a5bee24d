import type { Tensor } from '@paperzoo/core';

/** What a gated linear attention layer remembers of the tokens it has seen; its size does not depend on how many they were. */
export interface RecurrentState {
  /** [N, H, K, V] of each sequence. */
  readonly recurrent: Tensor;
  /** The last raw inputs of the short convolutions, [N, channels, width] each. */
  readonly conv?: { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor } | undefined;
}

/** What a softmax attention layer remembers: every token, or those in its window. */
export interface KeyValueState {
  /** Turned keys [N, L, H, D] of the last L tokens, newest last; a row that has seen fewer has its own at the end. */
  readonly keys: Tensor;
  readonly values: Tensor;
  /** Tokens that each sequence has seen: the position of its next one. */
  readonly seen: readonly number[];
}

/** What one layer remembers. */
export type LayerState = RecurrentState | KeyValueState;

/** The state's tensors in a fixed order. */
export function stateTensors(state: LayerState): Tensor[] {
  if ('keys' in state) return [state.keys, state.values];
  const { recurrent, conv } = state;
  return conv ? [recurrent, conv.q, conv.k, conv.v] : [recurrent];
}

/** Names of those tensors. */
export const stateNames = (state: LayerState): readonly string[] =>
  'keys' in state ? ['keys', 'values'] : ['recurrent', 'conv.q', 'conv.k', 'conv.v'];

/** The same state with each tensor replaced by `change` of it. */
export function mapState(state: LayerState, change: (x: Tensor) => Tensor): LayerState {
  if ('keys' in state) return { keys: change(state.keys), values: change(state.values), seen: state.seen };
  const { recurrent, conv } = state;
  return {
    recurrent: change(recurrent),
    ...(conv && { conv: { q: change(conv.q), k: change(conv.k), v: change(conv.v) } }),
  };
}
