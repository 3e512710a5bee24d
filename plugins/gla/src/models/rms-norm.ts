import { rmsNorm, type Tensor } from '@paperzoo/core';
import { init, Module, Parameter } from '@paperzoo/nn';
import type { GateActivation } from '../ops/gate-activation';
import { rmsNormGated } from '../ops/rms-norm-gated';

export interface RMSNormOptions {
  readonly eps: number;
  /** Default true; false leaves the weight out. */
  readonly affine?: boolean;
  /** How a gate acts, when the call has one; default `swish`. */
  readonly activation?: GateActivation;
}

/** x / rms(x) · weight over the last axis of `width`, times an activated gate of x's shape when one is given. Key: `weight`. */
export class RMSNorm extends Module<[x: Tensor, gate?: Tensor]> {
  readonly weight: Parameter | undefined;
  readonly eps: number;
  readonly activation: GateActivation;

  constructor(width: number, { eps, affine = true, activation = 'swish' }: RMSNormOptions) {
    super();
    this.weight = affine ? new Parameter([width], init.constant(1)) : undefined;
    this.eps = eps;
    this.activation = activation;
  }

  forward(x: Tensor, gate?: Tensor): Tensor {
    const { eps, activation } = this;
    const weight = this.weight?.for(x);
    return gate ? rmsNormGated(x, gate, weight, { eps, activation }) : rmsNorm(x, weight, { eps });
  }
}
