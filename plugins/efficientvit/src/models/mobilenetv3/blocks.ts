import type { Activation, Tensor } from '@paperzoo/core';
import { Conv2d, Module } from '@paperzoo/nn';
import { NormAct } from './norm-act';

/** To the nearest multiple of 8, but never below 0.9 of the value: timm's rule for squeeze widths. */
export function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** Squeeze-and-excite with a hard gate, [B, C, H, W] → the same. Keys `conv_reduce`, `conv_expand`. */
export class HardSqueezeExcite extends Module {
  readonly conv_reduce: Conv2d;
  readonly conv_expand: Conv2d;

  constructor(channels: number) {
    super();
    const squeezed = roundChannels(channels / 4);
    this.conv_reduce = new Conv2d(channels, squeezed, 1);
    this.conv_expand = new Conv2d(squeezed, channels, 1);
  }

  forward(x: Tensor): Tensor {
    const squeezed = this.conv_reduce(x.mean([2, 3], true)).relu();
    return x.mul(this.conv_expand(squeezed).hardsigmoid());
  }
}

/** What distinguishes one MobileNetV3 block from another. `expanded` is the width of the depthwise convolution. */
export interface BlockSpec {
  readonly input: number;
  readonly expanded: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly activation: Activation;
  readonly squeeze: boolean;
}

const depthwise = ({ expanded, kernel, stride }: BlockSpec) =>
  new Conv2d(expanded, expanded, kernel, { stride, padding: kernel >> 1, groups: expanded, bias: false });
const pointwise = (input: number, output: number) => new Conv2d(input, output, 1, { bias: false });
const skips = ({ stride, input, output }: BlockSpec) => stride === 1 && input === output;

/** Depthwise convolution, then a projection. Keys `conv_dw, bn1, conv_pw, bn2`. */
export class DepthwiseSeparable extends Module {
  readonly conv_dw: Conv2d;
  readonly bn1: NormAct;
  readonly conv_pw: Conv2d;
  readonly bn2: NormAct;
  readonly skip: boolean;

  constructor(spec: BlockSpec) {
    super();
    this.conv_dw = depthwise(spec);
    this.bn1 = new NormAct(spec.expanded, spec.activation);
    this.conv_pw = pointwise(spec.expanded, spec.output);
    this.bn2 = new NormAct(spec.output, 'none');
    this.skip = skips(spec);
  }

  forward(x: Tensor): Tensor {
    const y = this.bn2(this.conv_pw(this.bn1(this.conv_dw(x))));
    return this.skip ? y.add(x) : y;
  }
}

/** Expansion, depthwise convolution, optional squeeze-and-excite, projection. Keys `conv_pw, bn1, conv_dw, bn2, se, conv_pwl, bn3`. */
export class InvertedResidual extends Module {
  readonly conv_pw: Conv2d;
  readonly bn1: NormAct;
  readonly conv_dw: Conv2d;
  readonly bn2: NormAct;
  readonly se: HardSqueezeExcite | undefined;
  readonly conv_pwl: Conv2d;
  readonly bn3: NormAct;
  readonly skip: boolean;

  constructor(spec: BlockSpec) {
    super();
    this.conv_pw = pointwise(spec.input, spec.expanded);
    this.bn1 = new NormAct(spec.expanded, spec.activation);
    this.conv_dw = depthwise(spec);
    this.bn2 = new NormAct(spec.expanded, spec.activation);
    this.se = spec.squeeze ? new HardSqueezeExcite(spec.expanded) : undefined;
    this.conv_pwl = pointwise(spec.expanded, spec.output);
    this.bn3 = new NormAct(spec.output, 'none');
    this.skip = skips(spec);
  }

  forward(x: Tensor): Tensor {
    let y = this.bn2(this.conv_dw(this.bn1(this.conv_pw(x))));
    if (this.se) y = this.se(y);
    y = this.bn3(this.conv_pwl(y));
    return this.skip ? y.add(x) : y;
  }
}

/** The last block: a 1×1 convolution. Keys `conv, bn1`. */
export class ConvNormAct extends Module {
  readonly conv: Conv2d;
  readonly bn1: NormAct;

  constructor(input: number, output: number, activation: Activation) {
    super();
    this.conv = pointwise(input, output);
    this.bn1 = new NormAct(output, activation);
  }

  forward(x: Tensor): Tensor {
    return this.bn1(this.conv(x));
  }
}

/** Any of MobileNetV3's blocks. */
export type MobileNetBlock = DepthwiseSeparable | InvertedResidual | ConvNormAct;
