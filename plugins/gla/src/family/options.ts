import type { Tensor } from '@paperzoo/core';

/** What all relatives of gated linear attention take beside their own inputs. */
export interface FamilyOptions {
  /** Factor on q; K^-1/2 unless given. */
  readonly scale?: number | null;
  /** [N, H, K, V]; zeros when absent. */
  readonly initialState?: Tensor | null;
  /** Where packed sequences begin and end, [N + 1]; the batch must be 1. */
  readonly cuSeqlens?: readonly number[] | null;
  /** Run from the last token to the first. */
  readonly reverse?: boolean;
}

/** Output [B, T, H, V] and final state [N, H, K, V]. */
export type Result = [o: Tensor, state: Tensor];

/** The attributes of `gla` among the options. */
export const attrsOf = ({ scale = null, cuSeqlens = null, reverse = false }: FamilyOptions) => ({
  scale,
  reverse,
  cuSeqlens: cuSeqlens && [...cuSeqlens],
});
