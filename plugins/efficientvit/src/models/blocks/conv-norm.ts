import type { Tensor } from '@paperzoo/core';
import { BatchNorm2d, Conv2d, Module, type Conv2dOptions } from '@paperzoo/nn';

export interface ConvNormOptions extends Omit<Conv2dOptions, 'bias'> {
  /** Initial scale of the norm; 0 at the end of residual branches. */
  readonly gamma?: number;
}

/** A convolution without bias and its batch norm. Keys `conv.weight`, `bn.*`. [B, I, H, W] → [B, O, H', W']. */
export class ConvNorm extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(inChannels: number, outChannels: number, kernelSize = 1, { gamma, ...options }: ConvNormOptions = {}) {
    super();
    this.conv = new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false });
    this.bn = new BatchNorm2d(outChannels, { gamma });
  }

  forward(x: Tensor): Tensor {
    return this.bn(this.conv(x));
  }
}
