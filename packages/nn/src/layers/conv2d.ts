import { conv2d, type Tensor } from '@paperzoo/core';
import { init } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';

export interface Conv2dOptions {
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
}

/** Two-dimensional cross-correlation, [B, C, H, W] → [B, O, H', W']. Keys: `weight` [O, C / groups, k, k], `bias` [O]. */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  readonly options: Required<Omit<Conv2dOptions, 'bias'>>;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number,
    { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true }: Conv2dOptions = {},
  ) {
    super();
    const fanIn = (inChannels / groups) * kernelSize * kernelSize;
    this.weight = new Parameter([outChannels, inChannels / groups, kernelSize, kernelSize], init.fanIn(fanIn));
    this.bias = bias ? new Parameter([outChannels], init.fanIn(fanIn)) : undefined;
    this.options = { stride, padding, dilation, groups };
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, dilation, groups } = this.options;
    const attrs = { stride: [stride], padding: [padding], dilation: [dilation], groups };
    return conv2d(x, this.weight.for(x), this.bias?.for(x), attrs);
  }
}
