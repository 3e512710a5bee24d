import type { Tensor } from '@paperzoo/core';
import { Module } from './module';

/** A step of a `Sequential`: a module, or a function without parameters such as `relu`. */
export type Step = Module | ((x: Tensor) => Tensor);

/** Runs its steps in order. Keys are positions, functions count: in `new Sequential(relu, conv)` the convolution is `1`. */
export class Sequential extends Module {
  readonly steps: readonly Step[];

  constructor(...steps: Step[]) {
    super();
    this.steps = steps;
  }

  override namedChildren(): [string, Module][] {
    return this.steps.flatMap((step, i): [string, Module][] => (step instanceof Module ? [[String(i), step]] : []));
  }

  forward(x: Tensor): Tensor {
    return this.steps.reduce((y, step) => step(y), x);
  }
}
