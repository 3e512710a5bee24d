import type { Tensor } from '@paperzoo/core';
import { Module } from '@paperzoo/nn';
import { ConvNorm } from './conv-norm';
import { SqueezeExcite } from './squeeze-excite';

/** Halves the map (rounding up) through an inverted bottleneck of four times the width. [B, I, H, W] → [B, O, ⌈H/2⌉, ⌈W/2⌉]. */
export class PatchMerging extends Module {
  readonly conv1: ConvNorm;
  readonly conv2: ConvNorm;
  readonly se: SqueezeExcite;
  readonly conv3: ConvNorm;

  constructor(inChannels: number, outChannels: number) {
    super();
    const hidden = 4 * inChannels;
    this.conv1 = new ConvNorm(inChannels, hidden);
    this.conv2 = new ConvNorm(hidden, hidden, 3, { stride: 2, padding: 1, groups: hidden });
    this.se = new SqueezeExcite(hidden);
    this.conv3 = new ConvNorm(hidden, outChannels);
  }

  forward(x: Tensor): Tensor {
    const spread = this.conv2(this.conv1(x).relu()).relu();
    return this.conv3(this.se(spread));
  }
}
