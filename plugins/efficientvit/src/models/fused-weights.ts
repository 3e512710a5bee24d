import type { Tensor, Zoo } from '@paperzoo/core';
import type { HostTensor } from '@paperzoo/nn';

/** The tensors of an inference graph: rounded to float32 once, marked as weights so that kernels repack them once. */
export class FusedWeights {
  private readonly tensors: Tensor[] = [];
  // Lent again for every layer: fresh memory of a model's size costs more than the arithmetic in it.
  private wide = new Float64Array(0);
  private narrow = new Float32Array(0);
  private read = new Float32Array(0);

  constructor(readonly zoo: Zoo) {}

  /** A checkpoint's values as float32, valid until the next call. */
  values(tensor: HostTensor): Float32Array {
    const size = tensor.shape.reduce((a, b) => a * b, 1);
    if (this.read.length < size) this.read = new Float32Array(size);
    return tensor.toF32(this.read);
  }

  /** Memory for `size` values until the next call. */
  scratch(size: number): Float64Array {
    if (this.wide.length < size) this.wide = new Float64Array(size);
    return this.wide.subarray(0, size);
  }

  put(values: Float64Array | Float32Array, shape: readonly number[]): Tensor {
    const tensor = this.zoo.tensor(this.rounded(values), { shape }).persist();
    this.tensors.push(tensor);
    return tensor;
  }

  /** Elements of all weights. */
  get size(): number {
    return this.tensors.reduce((sum, tensor) => sum + tensor.size, 0);
  }

  /** Ends the building: gives the scratch memory back. */
  complete(): void {
    this.wide = new Float64Array(0);
    this.narrow = new Float32Array(0);
    this.read = new Float32Array(0);
  }

  dispose(): void {
    this.complete();
    for (const tensor of this.tensors.splice(0)) tensor.dispose();
  }

  private rounded(values: Float64Array | Float32Array): Float32Array {
    if (values instanceof Float32Array) return values;
    if (this.narrow.length < values.length) this.narrow = new Float32Array(values.length);
    this.narrow.set(values);
    return this.narrow.subarray(0, values.length);
  }
}
