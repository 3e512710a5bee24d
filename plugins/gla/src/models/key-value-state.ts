import { concat, pad, slice, type Tensor } from '@paperzoo/core';
import type { KeyValueState } from './layer-state';

/** One row, without what stands before its first token. */
export function rowOf({ keys, values, seen }: KeyValueState, row: number): KeyValueState {
  const length = keys.shape[1]!;
  const start = length - Math.min(length, seen[row]!);
  const cut = (x: Tensor) => slice(slice(x, { dim: 0, start: row, end: row + 1 }), { dim: 1, start });
  return { keys: cut(keys), values: cut(values), seen: [seen[row]!] };
}

/** States of some rows each as one, the newest tokens aligned; what is missing before them is zeros that nobody sees. */
export function stackRows(states: readonly KeyValueState[]): KeyValueState {
  const length = Math.max(...states.map(({ keys }) => keys.shape[1]!));
  const fill = (x: Tensor) => (x.shape[1] === length ? x : pad(x, { pad: [0, 0, 0, 0, length - x.shape[1]!, 0] }));
  return {
    keys: concat(
      states.map(({ keys }) => fill(keys)),
      { dim: 0 },
    ),
    values: concat(
      states.map(({ values }) => fill(values)),
      { dim: 0 },
    ),
    seen: states.flatMap(({ seen }) => seen),
  };
}
