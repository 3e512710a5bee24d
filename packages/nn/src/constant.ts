import type { Tensor, TypedArray, Zoo } from '@paperzoo/core';

/** A fixed tensor that a module computes with and no state dict holds, such as an index table. It is uploaded on first use. */
export class Constant {
  private value: Tensor | undefined;

  constructor(
    readonly shape: readonly number[],
    private readonly data: () => TypedArray,
  ) {}

  /** The tensor on the zoo of `x`; it belongs to the constant, so do not dispose it. */
  for(x: { readonly zoo: Zoo }): Tensor {
    if (!this.value) {
      this.value = x.zoo.tensor(this.data(), { shape: this.shape });
      // It may have been made inside a scope, which must not take it away.
      x.zoo.keep(this.value);
    }
    return this.value;
  }

  dispose(): void {
    this.value?.dispose();
    this.value = undefined;
  }
}
