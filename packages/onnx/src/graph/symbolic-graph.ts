import type { DType, GraphNode, Op, Tensor, TypedArray } from '@paperzoo/core';
import type { Dim } from './size';

/** Shape, possibly symbolic, and dtype of a value; `shape` is the one it had at the first sizing. */
export interface SymbolicSpec {
  readonly dtype: DType;
  readonly dims: readonly Dim[];
  readonly shape: readonly number[];
}

/**
 * What a constant holds: values in ordinary memory; a tensor that stays on its device until it is written; or one number everywhere, which is
 * how a constant may have a symbolic shape or value.
 */
export type Constant =
  | { readonly kind: 'data'; readonly data: TypedArray }
  | { readonly kind: 'tensor'; readonly tensor: Tensor }
  | { readonly kind: 'fill'; readonly value: Dim };

/** The call of a plugin's op that a node came from, through a rule or a composite. */
export interface Origin {
  readonly op: Op;
  /** Different for every call. */
  readonly call: number;
}

/** One call, as it is at every sizing. */
export interface SymbolicNode {
  readonly op: Op;
  /** Value numbers; -1 stands for an absent optional input. */
  readonly ins: readonly number[];
  readonly outs: readonly number[];
  /** Attributes at the first sizing. */
  readonly attrs: object;
  /** Those integers among the attributes that depend on a symbol, by `name` or `name.index`. */
  readonly sizes: ReadonlyMap<string, Dim>;
  readonly path: GraphNode['path'];
  /** Absent for core ops that no plugin's op was made of. */
  readonly origin?: Origin;
}

/** A trace as data: ops, values and constants, with sizes that may depend on symbols. */
export interface SymbolicGraph {
  readonly values: readonly SymbolicSpec[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly constants: ReadonlyMap<number, Constant>;
  readonly nodes: readonly SymbolicNode[];
}
