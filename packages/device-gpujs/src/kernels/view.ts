import { axis, type Spec } from '@paperzoo/core';

/** An array seen as [outer, K, inner], of which the axis in the middle is worked on. */
export interface View {
  readonly outer: number;
  readonly K: number;
  readonly inner: number;
}

/** The view whose middle is axis `dim`. */
export const viewAlong = (op: string, x: Spec | undefined, dim: number): View => {
  const d = axis(op, x!.shape.length, dim);
  const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  return { outer: product(x!.shape.slice(0, d)), K: x!.shape[d]!, inner: product(x!.shape.slice(d + 1)) };
};
