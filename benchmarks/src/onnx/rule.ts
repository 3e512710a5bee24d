import type { Spec, Tensor } from '@paperzoo/core';
import type { OnnxModel } from './model';

/** One call of an op that is to become ONNX nodes. */
export interface Call<Attrs = object> {
  readonly model: OnnxModel;
  /** Names of the inputs; undefined for absent optional ones. */
  readonly ins: readonly (string | undefined)[];
  readonly specs: readonly (Spec | undefined)[];
  readonly out: Spec;
  readonly attrs: Attrs;
  /** The input's tensor when it is known beforehand: a weight, or something computed from weights alone. */
  constant(index: number): Tensor | undefined;
}

/** Adds nodes for a call and returns the name of its only output. */
export type Rule = (call: Call) => string;

/** Types a rule's attributes, which the op's own schema has checked. */
export const rule =
  <Attrs>(fn: (call: Call<Attrs>) => string): Rule =>
  (call) =>
    fn(call as Call<Attrs>);
