import { DisposedError, type DType, type GraphValue, type TypedArray } from '@paperzoo/core';
import type { Tensor } from 'onnxruntime-web';
import { fromRuntime } from './element';

/** An output that stays with onnxruntime: what the next run takes without a copy through a zoo. */
export class HeldValue implements GraphValue {
  readonly shape: readonly number[];
  private held: Tensor | null;

  constructor(
    tensor: Tensor,
    readonly dtype: DType,
    private readonly name: string,
    private readonly recycle: (tensor: Tensor) => void,
  ) {
    this.held = tensor;
    this.shape = tensor.dims;
  }

  /** onnxruntime's own tensor. */
  get tensor(): Tensor {
    if (this.held) return this.held;
    throw new DisposedError(`The value "${this.name}" was used after it was disposed.`, { argument: this.name });
  }

  /** A copy of the elements. */
  async data(): Promise<TypedArray> {
    return fromRuntime(await this.tensor.getData(), this.name).slice();
  }

  dispose(): void {
    const { held } = this;
    this.held = null;
    if (held) this.recycle(held);
  }
}
