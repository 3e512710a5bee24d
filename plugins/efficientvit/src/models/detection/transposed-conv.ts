import { conv2d, type Tensor } from '@paperzoo/core';
import { init, Module, Parameter } from '@paperzoo/nn';

/**
 * Transposed convolution 2×2 of stride 2: [B, I, H, W] → [B, O, 2H, 2W]. Its patches do not overlap, so it is a 1×1 convolution to four
 * values per output channel, laid out as 2×2 pixels. Keys `weight` [I, O, 2, 2], `bias` [O].
 */
export class TransposedConv2x2 extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(input: number, output: number) {
    super();
    this.weight = new Parameter([input, output, 2, 2], init.fanIn(output * 4));
    this.bias = new Parameter([output], init.fanIn(output * 4));
  }

  forward(x: Tensor): Tensor {
    const [batch, , height, width] = x.shape as readonly [number, number, number, number];
    const [input, output] = this.weight.shape as readonly [number, number];
    const weight = this.weight
      .for(x)
      .reshape([input, output * 4])
      .permute([1, 0])
      .reshape([output * 4, input, 1, 1]);
    return conv2d(x, weight)
      .reshape([batch, output, 2, 2, height, width])
      .permute([0, 1, 4, 2, 5, 3])
      .reshape([batch, output, 2 * height, 2 * width])
      .add(this.bias.for(x).reshape([1, output, 1, 1]));
  }
}
