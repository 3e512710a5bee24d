import type { Tensor } from '@paperzoo/core';
import { init, Module, Parameter, type Initializer } from '@paperzoo/nn';
import { shortConv1d } from '../ops/short-conv1d';

export interface ShortConvolutionOptions {
  readonly bias: boolean;
  readonly initWeight: Initializer;
}

/** Causal depthwise convolution over time with SiLU; see `shortConv1d`. Keys: `weight` [D, 1, W], `bias` [D]. */
export class ShortConvolution extends Module<
  [x: Tensor, cache: Tensor | undefined, cuSeqlens: readonly number[] | null],
  [Tensor, Tensor]
> {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  constructor(channels: number, width: number, { bias, initWeight }: ShortConvolutionOptions) {
    super();
    this.weight = new Parameter([channels, 1, width], initWeight);
    this.bias = bias ? new Parameter([channels], init.constant(0)) : undefined;
  }

  forward(x: Tensor, cache: Tensor | undefined, cuSeqlens: readonly number[] | null): [Tensor, Tensor] {
    return shortConv1d(x, this.weight.for(x), this.bias?.for(x), cache, { cuSeqlens });
  }
}
