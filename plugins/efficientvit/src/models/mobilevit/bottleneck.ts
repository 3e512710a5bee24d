import { activate, type Activation, type Tensor } from '@paperzoo/core';
import { BatchNorm2d, Conv2d, Module } from '@paperzoo/nn';

/** Convolution without bias, norm, activation. Keys `conv`, `bn`. */
export class ConvBnAct extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;
  readonly activation: Activation;

  constructor(
    input: number,
    output: number,
    kernel: number,
    { stride = 1, groups = 1, activation = 'silu' as Activation } = {},
  ) {
    super();
    this.conv = new Conv2d(input, output, kernel, { stride, padding: kernel >> 1, groups, bias: false });
    this.bn = new BatchNorm2d(output);
    this.activation = activation;
  }

  forward(x: Tensor): Tensor {
    return activate(this.bn(this.conv(x)), this.activation);
  }
}

/** Expansion, 3×3 depthwise convolution, projection. Keys `conv1_1x1`, `conv2_kxk`, `conv3_1x1`. */
export class Bottleneck extends Module {
  readonly conv1_1x1: ConvBnAct;
  readonly conv2_kxk: ConvBnAct;
  readonly conv3_1x1: ConvBnAct;
  readonly skip: boolean;

  constructor(input: number, output: number, stride: 1 | 2) {
    super();
    const expanded = 2 * input;
    this.conv1_1x1 = new ConvBnAct(input, expanded, 1);
    this.conv2_kxk = new ConvBnAct(expanded, expanded, 3, { stride, groups: expanded });
    this.conv3_1x1 = new ConvBnAct(expanded, output, 1, { activation: 'none' });
    this.skip = stride === 1 && input === output;
  }

  forward(x: Tensor): Tensor {
    const y = this.conv3_1x1(this.conv2_kxk(this.conv1_1x1(x)));
    return this.skip ? y.add(x) : y;
  }
}
