import type { DType, TypedArray } from '@paperzoo/core';

/** A number that JSON has no word for. */
export interface SavedNumber {
  readonly number: 'NaN' | 'Infinity' | '-Infinity';
}

/** A trace as JSON: plain objects, ops by name and contract version, constants by hash. */
export interface GraphJson {
  readonly format: 'paperzoo-graph';
  readonly version: 1;
  readonly values: readonly { readonly shape: readonly number[]; readonly dtype: DType }[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Value numbers and the SHA-256 of the elements' bytes, in hexadecimal. */
  readonly constants: readonly (readonly [number, string])[];
  readonly nodes: readonly {
    readonly op: string;
    readonly version: number;
    /** -1 stands for an absent optional input. */
    readonly ins: readonly number[];
    readonly outs: readonly number[];
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly path: readonly string[];
  }[];
}

export interface SavedGraph {
  readonly json: GraphJson;
  /** Elements by hash; equal constants are one. */
  readonly constants: ReadonlyMap<string, TypedArray>;
}
