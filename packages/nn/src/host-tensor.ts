import { ModelError } from '@paperzoo/core';

/** A tensor in ordinary memory, as checkpoints hold them: `@paperzoo/hub`'s `CheckpointTensor` is one, and its writer takes these. */
export interface HostTensor {
  readonly shape: readonly number[];
  /** Element type in safetensors' words: `F32`, `F16`, `I64`, … */
  readonly dtype: string;
  /** Little-endian, row-major; shared, not to be written to. */
  readonly bytes: Uint8Array;
  /** All elements as float32; may be a view on `bytes`. */
  toF32(): Float32Array;
}

/** float32 values with a shape. */
export function hostTensor(shape: readonly number[], values: Float32Array): HostTensor {
  if (shape.reduce((a, b) => a * b, 1) !== values.length) {
    throw new ModelError(`hostTensor: shape [${shape.join(', ')}] does not hold ${values.length} elements.`, {
      argument: 'shape',
      expected: values.length,
      got: shape,
    });
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { shape, dtype: 'F32', bytes, toF32: () => values };
}

/** The same elements under another shape of the same size, for checkpoints that drop axes of length 1. */
export function reshapeHost(tensor: HostTensor, shape: readonly number[]): HostTensor {
  return { shape, dtype: tensor.dtype, bytes: tensor.bytes, toF32: () => tensor.toF32() };
}
