import type { Tensor } from '@paperzoo/core';

/** Tensors by dotted parameter name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What an optimiser remembers between steps: how many there were, and per slot (`m`, `v`, …) one tensor per parameter. */
export interface OptimizerState {
  readonly step: number;
  readonly slots: Readonly<Record<string, Tensors>>;
}

export interface OptimizerStep {
  readonly params: Tensors;
  readonly grads: Tensors;
  readonly state: OptimizerState;
  /** Learning rate of this step; schedules give it. */
  readonly lr: number;
}

/** A rule that turns parameters and gradients into new parameters. It holds nothing: all state goes in and comes out. */
export interface Optimizer {
  readonly name: string;
  /** Names of its slots, which checkpoints hold. */
  readonly slots: readonly string[];
  /** State before the first step. */
  init(params: Tensors): OptimizerState;
  /** New tensors for everything; the old ones are the caller's to dispose. Wrap it in `zoo.scope`. */
  update(step: OptimizerStep): { readonly params: Tensors; readonly state: OptimizerState };
}

/** What all optimisers can be told per parameter. */
export interface ParameterGroups {
  /** Weight decay; default 0. */
  readonly weightDecay?: number;
  /** Which parameters decay; default: those of two axes or more, so that norms and biases do not. */
  readonly decays?: (name: string, shape: readonly number[]) => boolean;
  /** Factor on the learning rate per parameter, for layer-wise rates; 0 freezes. Default 1. */
  readonly lrScale?: (name: string, shape: readonly number[]) => number;
}
