import { linear, type Tensor } from '@paperzoo/core';
import { init, type Initializer } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  readonly initWeight?: Initializer;
  readonly initBias?: Initializer;
}

/** x · weightᵀ + bias over the last axis, [..., I] → [..., O]. Keys: `weight` [O, I], `bias` [O]. */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    const { bias = true, initWeight = init.fanIn(inFeatures), initBias = init.fanIn(inFeatures) } = options;
    this.weight = new Parameter([outFeatures, inFeatures], initWeight);
    this.bias = bias ? new Parameter([outFeatures], initBias) : undefined;
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight.for(x), this.bias?.for(x));
  }
}
