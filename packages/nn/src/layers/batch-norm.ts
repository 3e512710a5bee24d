import { batchNorm, batchNormTrain, ShapeError, type Tensor } from '@paperzoo/core';
import { Counter } from '../counter';
import { init } from '../init';
import { Module } from '../module';
import { Parameter } from '../parameter';

export interface BatchNormOptions {
  readonly eps?: number;
  /** Weight of the newest batch in the running statistics. */
  readonly momentum?: number;
  /** Initial scale; 0 for norms at the end of a residual branch, which then starts as the identity. */
  readonly gamma?: number;
}

/**
 * Batch normalisation over every axis but channels (axis 1). Keys: `weight`, `bias`, `running_mean`, `running_var` [C], `num_batches_tracked`.
 * In train mode it normalises with the batch's own biased variance and moves the running statistics, whose variance is unbiased (PyTorch).
 */
class BatchNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly running_mean: Parameter;
  readonly running_var: Parameter;
  readonly num_batches_tracked = new Counter();
  readonly eps: number;
  readonly momentum: number;

  constructor(
    private readonly rank: number,
    readonly channels: number,
    { eps = 1e-5, momentum = 0.1, gamma = 1 }: BatchNormOptions = {},
  ) {
    super();
    this.eps = eps;
    this.momentum = momentum;
    this.weight = new Parameter([channels], init.constant(gamma));
    this.bias = new Parameter([channels], init.constant(0));
    this.running_mean = new Parameter([channels], init.constant(0), false);
    this.running_var = new Parameter([channels], init.constant(1), false);
  }

  forward(x: Tensor): Tensor {
    if (x.shape.length !== this.rank || x.shape[1] !== this.channels) {
      const expected = this.rank === 4 ? `[batch, ${this.channels}, height, width]` : `[batch, ${this.channels}]`;
      throw new ShapeError(`batch_norm: input must be ${expected}, got [${x.shape.join(', ')}].`, {
        op: 'batch_norm',
        argument: 'input',
        expected,
        got: x.shape,
      });
    }
    if (!this.training) {
      const [mean, variance] = [this.running_mean.for(x), this.running_var.for(x)];
      return batchNorm(x, mean, variance, this.weight.for(x), this.bias.for(x), { eps: this.eps });
    }
    const [y, mean, variance] = batchNormTrain(x, this.weight.for(x), this.bias.for(x), { eps: this.eps });
    const n = x.size / this.channels;
    // A trace computes nothing, so there is nothing to remember.
    if (!x.isAbstract) x.zoo.noGrad(() => x.zoo.scope(() => this.remember(x, mean, variance.mul(n / (n - 1)))));
    return y;
  }

  private remember(x: Tensor, mean: Tensor, variance: Tensor): void {
    const { momentum } = this;
    const move = (running: Parameter, value: Tensor) =>
      running.set(
        running
          .for(x)
          .mul(1 - momentum)
          .add(value.mul(momentum)),
      );
    move(this.running_mean, mean);
    move(this.running_var, variance);
    this.num_batches_tracked.increment();
  }
}

/** `BatchNorm` on maps [B, C, H, W]. */
export class BatchNorm2d extends BatchNorm {
  constructor(channels: number, options?: BatchNormOptions) {
    super(4, channels, options);
  }
}

/** `BatchNorm` on vectors [B, C]. */
export class BatchNorm1d extends BatchNorm {
  constructor(channels: number, options?: BatchNormOptions) {
    super(2, channels, options);
  }
}
