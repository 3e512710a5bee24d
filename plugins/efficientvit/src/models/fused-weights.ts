import type { Tensor, Zoo } from '@paperzoo/core';

/** The tensors of an inference graph: rounded to float32 once, marked as weights so that kernels repack them once. */
export class FusedWeights {
  private readonly tensors: Tensor[] = [];

  constructor(readonly zoo: Zoo) {}

  put(values: Float64Array | Float32Array, shape: readonly number[]): Tensor {
    const rounded = values instanceof Float32Array ? values : Float32Array.from(values);
    const tensor = this.zoo.tensor(rounded, { shape }).persist();
    this.tensors.push(tensor);
    return tensor;
  }

  /** Elements of all weights. */
  get size(): number {
    return this.tensors.reduce((sum, tensor) => sum + tensor.size, 0);
  }

  dispose(): void {
    for (const tensor of this.tensors.splice(0)) tensor.dispose();
  }
}
