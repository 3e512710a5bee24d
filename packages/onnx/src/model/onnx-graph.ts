import type { DType, TypedArray } from '@paperzoo/core';
import type { Dim } from '../graph/size';
import type { Origin } from '../graph/symbolic-graph';

/** Element types by the names that this package uses, with ONNX's numbers for them. */
export const ELEMENT_TYPES = { f32: 1, u8: 2, i32: 6, i64: 7, bool: 9, f16: 10, u32: 12 } as const satisfies Readonly<
  Record<DType | 'i64' | 'f16', number>
>;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** An attribute's value: integers are `ints`/`int`, fractional numbers need `float`. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly graph: OnnxGraph }
  | {
      readonly tensor: {
        readonly type: ElementType;
        readonly dims: readonly number[];
        readonly values: readonly number[];
      };
    };

export interface OnnxNode {
  readonly opType: string;
  /** `` for the standard operators. */
  readonly domain: string;
  readonly name: string;
  /** An empty name is an absent optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  /** The call of a plugin's op that it came from. */
  readonly origin?: Origin;
}

/** A named value's type. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly Dim[];
}

/** Elements in memory; f16 as their bits. */
export type Elements = TypedArray | BigInt64Array | Uint16Array;

/** A constant of a model. Large ones are read from their device only when they are written. */
export interface Weight {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly bytes: number;
  /** The elements, when they are in ordinary memory. */
  readonly data?: Elements;
  read(): Promise<Elements>;
}

/** A graph of a model, or of an attribute: nodes in an order in which every value is made before it is used. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly weights: ReadonlyMap<string, Weight>;
  /** Types of values in between, as far as they are known. */
  readonly values: ReadonlyMap<string, OnnxValue>;
}

/** A local definition of an operator. */
export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  readonly doc: string;
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
  /** Versions by domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A weight of elements that are in ordinary memory. */
export const weightOf = (data: Elements, dims: readonly number[], type: ElementType): Weight => ({
  type,
  dims,
  bytes: data.byteLength,
  data,
  read: () => Promise.resolve(data),
});
