import type { Tensor } from '@paperzoo/core';
import { Conv2d, Module } from '@paperzoo/nn';

/** Width of the bottleneck: a quarter of the channels, rounded to a multiple of 8, at least 8. */
const reduced = (channels: number) => Math.max(8, Math.floor((channels * 0.25 + 4) / 8) * 8);

/** Scales each channel by a gate computed from all channels' means. Keys `fc1`, `fc2` (1×1 convolutions with bias). */
export class SqueezeExcite extends Module {
  readonly fc1: Conv2d;
  readonly fc2: Conv2d;

  constructor(channels: number) {
    super();
    this.fc1 = new Conv2d(channels, reduced(channels), 1);
    this.fc2 = new Conv2d(reduced(channels), channels, 1);
  }

  forward(x: Tensor): Tensor {
    const gate = this.fc2(this.fc1(x.mean([2, 3], true)).relu()).sigmoid();
    return x.mul(gate);
  }
}
