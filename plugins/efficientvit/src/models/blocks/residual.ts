import type { Tensor } from '@paperzoo/core';
import { Module } from '@paperzoo/nn';

/** x + m(x). Key infix `m`. */
export class Residual<M extends Module = Module> extends Module {
  constructor(readonly m: M) {
    super();
  }

  forward(x: Tensor): Tensor {
    return x.add(this.m(x));
  }
}
