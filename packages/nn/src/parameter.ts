import { isTensor, ModelError, type Tensor, type Zoo } from '@paperzoo/core';
import { hostTensor, type HostTensor } from './host-tensor';
import type { Initializer } from './init';
import { Random } from './random';

/**
 * A float32 weight or statistic of a module. It starts without a value; loading or initialising gives it one in ordinary memory, and the
 * first use copies that to the zoo of the tensor beside it. So a large model costs nothing before its checkpoint is there.
 */
export class Parameter {
  private value: Tensor | undefined;
  private source: HostTensor | undefined;
  /** Weights that are used many times may be repacked by kernels; those that change every step may not be worth it. */
  persistent = true;

  constructor(
    readonly shape: readonly number[],
    private readonly initializer: Initializer,
    /** False for running statistics, which are state but have no gradient. */
    readonly trainable = true,
  ) {}

  get size(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /** True once loaded or initialised. */
  get ready(): boolean {
    return this.value !== undefined || this.source !== undefined;
  }

  /** The tensor on the zoo of `x` (a tensor, usually); it belongs to the parameter, so do not dispose it. */
  for(x: { readonly zoo: Zoo }): Tensor {
    if (this.value) return this.value;
    if (!this.source) {
      throw new ModelError(`A parameter of shape [${this.shape.join(', ')}] has no value yet.`, {
        remedy: 'Call loadStateDict or initialize on the model first.',
      });
    }
    this.keep(x.zoo.tensor(this.source.toF32(), { shape: this.shape }));
    // From here on the device's copy counts; holding the checkpoint's too would double the memory.
    this.source = undefined;
    return this.value!;
  }

  /** Replaces the value; a tensor's memory is shared, not copied. Shapes were checked by the caller's op or by `loadStateDict`. */
  set(value: Tensor | HostTensor): void {
    if (value.shape.length !== this.shape.length || value.shape.some((n, i) => n !== this.shape[i])) {
      throw new ModelError(
        `A parameter of shape [${this.shape.join(', ')}] cannot hold a value of shape [${value.shape.join(', ')}].`,
        { expected: this.shape, got: value.shape },
      );
    }
    const tensor = isTensor(value) ? (value as Tensor).reshape(this.shape) : undefined;
    this.dispose();
    if (tensor) this.keep(tensor);
    else this.source = value as HostTensor;
  }

  /** Draws a fresh value from `seed` and the parameter's own `key`. */
  initialize(seed: number, key: string): void {
    this.set(hostTensor(this.shape, this.initializer(this.shape, new Random(seed, key))));
  }

  /** The value in ordinary memory; what was loaded and not yet used is handed out as it came. */
  async host(): Promise<HostTensor> {
    if (this.source) return this.source;
    if (this.value) return hostTensor(this.shape, (await this.value.data()) as Float32Array);
    throw new ModelError(`A parameter of shape [${this.shape.join(', ')}] has no value yet.`);
  }

  /** Forgets the value and frees its memory. */
  dispose(): void {
    this.value?.dispose();
    this.value = undefined;
    this.source = undefined;
  }

  private keep(tensor: Tensor): void {
    // The tensor may have been made inside a scope, which must not take it away.
    tensor.zoo.keep(tensor);
    this.value = this.persistent ? tensor.persist() : tensor;
  }
}
