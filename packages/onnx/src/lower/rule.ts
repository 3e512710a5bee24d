import type { DType, Spec, TypedArray } from '@paperzoo/core';
import type { Dim } from '../graph/size';
import type { SymbolicSpec } from '../graph/symbolic-graph';
import type { ElementType, OnnxAttribute } from '../model/onnx-graph';
import type { Form, Opset } from '../options';

/** Adds nodes; every value is named. */
export interface NodeWriter {
  /** Adds a node of the standard operators (or of `domain`); returns the name of its only output. */
  add(
    opType: string,
    inputs: readonly (string | undefined)[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): string;
  /** As `add`, for several outputs. */
  addMany(
    opType: string,
    inputs: readonly (string | undefined)[],
    outputs: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): string[];
  /** A constant, row-major. */
  tensor(data: TypedArray, dims: readonly number[], type: ElementType): string;
  /** A constant of rank 0; f32 by default. */
  scalar(value: number, type?: 'f32' | 'i32' | 'i64'): string;
  /** One number everywhere, of a shape and a value that may be symbolic. */
  fill(dims: readonly Dim[], value: Dim, dtype: DType): string;
  /** An int64 vector: shapes, axes, starts. Sizes that depend on a symbol are computed from the shapes of the inputs. */
  ints(values: readonly Dim[]): string;
  /** Another shape; what can be said without computing sizes is said so. */
  reshape(x: string, from: readonly Dim[], to: readonly Dim[]): string;
  /**
   * A graph for an attribute (Scan's body). `inputs` are its inputs' types, `build` gets their names and returns the outputs'; names of the
   * graph around it may be used inside.
   */
  graph(
    inputs: readonly { readonly type: ElementType; readonly dims: readonly Dim[] }[],
    outputs: readonly { readonly type: ElementType; readonly dims: readonly Dim[] }[],
    build: (inner: NodeWriter, names: readonly string[]) => readonly string[],
  ): OnnxAttribute;
}

/** One call of an op that is to become ONNX nodes. */
export interface OnnxCall<Attrs = object> extends NodeWriter {
  readonly opset: Opset;
  readonly form: Form;
  /** Names of the inputs; undefined for absent optional ones. */
  readonly ins: readonly (string | undefined)[];
  readonly specs: readonly (SymbolicSpec | undefined)[];
  readonly outs: readonly SymbolicSpec[];
  /** Attributes; integers that depend on a symbol are those of one particular size, so ask for them with `size`. */
  readonly attrs: Attrs;
  /** An integer attribute by `name` or `name.index`, symbolic where it is. */
  size(name: string): Dim;
  /** A size of an input that the nodes can only be written for when it depends on no symbol; throws a `TraceError` when it does. */
  fixed(index: number, axis: number): number;
  /** The input's elements when they are known beforehand and in ordinary memory. */
  constant(index: number): TypedArray | undefined;
  /** True when the input is a constant that other nodes read as it is. */
  isShared(index: number): boolean;
  /** The name of the input with its last two axes swapped: of another constant when the input is one, so that runtimes can prepack it. */
  swapped(index: number): string;
}

/** The target that an op's rule may look at before it says that it applies. */
export interface OnnxTarget {
  readonly opset: Opset;
  readonly form: Form;
}

/** How an op becomes ONNX nodes. An op without one, or whose rule does not apply, is exported through its composite. */
export interface OnnxRule {
  /** Whether the rule applies; always when absent. Specs are those of one particular size. */
  applies?(ins: readonly (Spec | undefined)[], attrs: object, target: OnnxTarget): boolean;
  /** Names of the attributes that `lower` reads with `size`; all others must not depend on a symbol. */
  readonly sizes?: readonly string[];
  /** What a reader of the file should know of the nodes, such as the range of values that they assume: entries of the file's metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Adds the nodes and returns the names of the outputs, in order. */
  lower(call: OnnxCall): readonly string[] | string;
}

/** Types a rule's attributes, which the op's own schema has checked. */
export const rule = <Attrs = object>(
  lower: (call: OnnxCall<Attrs>) => readonly string[] | string,
  options: Omit<OnnxRule, 'lower'> = {},
): OnnxRule => ({ ...options, lower: (call) => lower(call as OnnxCall<Attrs>) });
