import type { Tensor } from '@paperzoo/core';

/** What one layer remembers of the tokens it has seen; its size does not depend on how many they were. */
export interface LayerState {
  /** [N, H, K, V] of each sequence. */
  readonly recurrent: Tensor;
  /** The last raw inputs of the short convolutions, [N, channels, width] each. */
  readonly conv?: { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor } | undefined;
}

/** The state's tensors in a fixed order. */
export const stateTensors = ({ recurrent, conv }: LayerState): Tensor[] =>
  conv ? [recurrent, conv.q, conv.k, conv.v] : [recurrent];

/** The same state with each tensor replaced by `change` of it. */
export function mapState({ recurrent, conv }: LayerState, change: (x: Tensor) => Tensor): LayerState {
  return {
    recurrent: change(recurrent),
    ...(conv && { conv: { q: change(conv.q), k: change(conv.k), v: change(conv.v) } }),
  };
}
