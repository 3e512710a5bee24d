import { add, AttrError, mul, type Tensor } from '@paperzoo/core';
import type { Tensors } from './optimizer';

/** Exponential moving average of parameters: average = decay · average + (1 - decay) · parameter. It owns its tensors; dispose it. */
export class MovingAverage {
  private held: Record<string, Tensor> = {};

  constructor(readonly decay: number) {
    if (decay >= 0 && decay < 1) return;
    const details = { argument: 'decay', expected: 'at least 0 and below 1', got: decay };
    throw new AttrError(`MovingAverage: decay must be at least 0 and below 1, got ${decay}.`, details);
  }

  /** The averages by parameter name; empty before the first update. */
  get values(): Tensors {
    return this.held;
  }

  /** Takes one step of the parameters in. The first one is taken over as it is. */
  update(params: Tensors): void {
    const { decay, held } = this;
    this.set(
      Object.fromEntries(
        Object.entries(params).map(([key, param]) => {
          const before = held[key];
          const value = before
            ? param.zoo.scope(() => add(mul(before, decay), mul(param, 1 - decay)))
            : // A copy, because the parameter's own memory is freed when it changes.
              mul(param, 1);
          return [key, value];
        }),
      ),
    );
  }

  /** Replaces the averages; they belong to this object from then on. */
  set(values: Tensors): void {
    for (const value of Object.values(values)) value.zoo.keep(value);
    this.dispose();
    this.held = { ...values };
  }

  dispose(): void {
    for (const value of Object.values(this.held)) value.dispose();
    this.held = {};
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
