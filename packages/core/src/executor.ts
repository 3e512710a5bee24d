import type { DType, Spec, TypedArray } from './dtype';
import type { Tensor } from './tensor';
import type { Zoo } from './zoo';

/** What tensors and the values that an executor holds have in common. */
export interface GraphValue extends Spec {
  data(): Promise<TypedArray>;
  dispose(): void;
}

// `never` inputs are what every function of tensors accepts.
export type GraphFn = (...inputs: never[]) => Tensor | readonly Tensor[];

/** A synchronous function of tensors, told so that it can be traced. A size that is a name may be anything, the same wherever it stands. */
export interface GraphSource<F extends GraphFn = GraphFn> {
  readonly fn: F;
  readonly inputs: readonly { name: string; shape: readonly (number | string)[]; dtype: DType }[];
  readonly outputs?: readonly string[];
}

/** A graph that an executor holds. Called as its source is, it resolves to fresh tensors of the zoo. */
export interface CompiledGraph<F extends GraphFn = GraphFn> {
  (...inputs: Parameters<F>): Promise<ReturnType<F>>;
  /** All outputs in order, for the caller to dispose; some may be values that stay with the executor, for its next run. */
  run(inputs: readonly GraphValue[]): Promise<GraphValue[]>;
  dispose(): Promise<void>;
}

/** Runs whole graphs elsewhere, as `ort()` of @paperzoo/onnx does. */
export interface Executor<Options extends object = object> {
  compile<F extends GraphFn>(zoo: Zoo, source: GraphSource<F>, options: Options): Promise<CompiledGraph<F>>;
}
