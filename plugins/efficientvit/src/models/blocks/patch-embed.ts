import type { Tensor } from '@paperzoo/core';
import { Module } from '@paperzoo/nn';
import { ConvNorm } from './conv-norm';

/** Overlapping patch embedding: four 3×3 ConvNorms of stride 2, nothing after the fourth. [B, I, H, W] → [B, D, ⌈H/16⌉, ⌈W/16⌉]. */
export class PatchEmbed extends Module {
  readonly conv1: ConvNorm;
  readonly conv2: ConvNorm;
  readonly conv3: ConvNorm;
  readonly conv4: ConvNorm;

  constructor(inChannels: number, dim: number) {
    super();
    const half = { stride: 2, padding: 1 };
    this.conv1 = new ConvNorm(inChannels, dim / 8, 3, half);
    this.conv2 = new ConvNorm(dim / 8, dim / 4, 3, half);
    this.conv3 = new ConvNorm(dim / 4, dim / 2, 3, half);
    this.conv4 = new ConvNorm(dim / 2, dim, 3, half);
  }

  forward(x: Tensor): Tensor {
    return this.conv4(this.conv3(this.conv2(this.conv1(x).relu()).relu()).relu());
  }
}
