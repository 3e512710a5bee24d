import type { Tensor } from '@paperzoo/core';
import { Module } from '@paperzoo/nn';
import { ConvNorm } from './conv-norm';

/** The feed-forward network: two pointwise ConvNorms with a ReLU between. Keys `pw1`, `pw2`. [B, C, H, W] → the same. */
export class ConvMlp extends Module {
  readonly pw1: ConvNorm;
  readonly pw2: ConvNorm;

  constructor(channels: number, hidden: number) {
    super();
    this.pw1 = new ConvNorm(channels, hidden);
    this.pw2 = new ConvNorm(hidden, channels, 1, { gamma: 0 });
  }

  forward(x: Tensor): Tensor {
    return this.pw2(this.pw1(x).relu());
  }
}
