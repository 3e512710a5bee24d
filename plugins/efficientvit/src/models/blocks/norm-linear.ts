import type { Tensor } from '@paperzoo/core';
import { BatchNorm1d, init, Linear, Module } from '@paperzoo/nn';

/** Batch norm, then a linear layer: the classifier's head. Keys `bn.*`, `linear.*`. [B, I] → [B, O]. */
export class NormLinear extends Module {
  readonly bn: BatchNorm1d;
  readonly linear: Linear;

  constructor(inFeatures: number, outFeatures: number, { bias = true } = {}) {
    super();
    this.bn = new BatchNorm1d(inFeatures);
    const start = { initWeight: init.truncatedNormal(0.02), initBias: init.constant(0) };
    this.linear = new Linear(inFeatures, outFeatures, { bias, ...start });
  }

  forward(x: Tensor): Tensor {
    return this.linear(this.bn(x));
  }
}
