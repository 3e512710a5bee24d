import { layerNorm, type Tensor } from '@paperzoo/core';
import { init } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';

/** Normalises the trailing axes `normalizedShape`. Keys: `weight`, `bias`, both of that shape. */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly normalizedShape: readonly number[];

  constructor(
    normalizedShape: number | readonly number[],
    readonly eps = 1e-5,
  ) {
    super();
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
    this.weight = new Parameter(this.normalizedShape, init.constant(1));
    this.bias = new Parameter(this.normalizedShape, init.constant(0));
  }

  forward(x: Tensor): Tensor {
    const { normalizedShape, eps } = this;
    return layerNorm(x, this.weight.for(x), this.bias.for(x), { normalizedShape, eps });
  }
}
