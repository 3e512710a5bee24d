import { activate, type Activation, type Tensor } from '@paperzoo/core';
import { BatchNorm2d } from '@paperzoo/nn';

/** Batch normalisation and an activation, one module in timm's MobileNets: [B, C, H, W] → the same. Keys of `BatchNorm2d`. */
export class NormAct extends BatchNorm2d {
  constructor(
    channels: number,
    readonly activation: Activation,
  ) {
    super(channels);
  }

  override forward(x: Tensor): Tensor {
    return activate(super.forward(x), this.activation);
  }
}
