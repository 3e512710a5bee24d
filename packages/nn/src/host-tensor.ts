import { ModelError } from '@paperzoo/core';

/** Element types of safetensors files. */
export type HostDType =
  | 'BOOL' | 'F4' | 'F6_E2M3' | 'F6_E3M2' | 'U8' | 'I8' | 'F8_E5M2' | 'F8_E4M3' | 'F8_E8M0' | 'F8_E4M3FNUZ' | 'F8_E5M2FNUZ'
  | 'I16' | 'U16' | 'F16' | 'BF16' | 'I32' | 'U32' | 'F32' | 'C64' | 'F64' | 'I64' | 'U64'; // prettier-ignore

/** A tensor in ordinary memory, as checkpoints hold them: `@paperzoo/hub`'s `CheckpointTensor` is one, and its writer takes these. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly dtype: HostDType;
  /** Little-endian, row-major; shared, not to be written to. */
  readonly bytes: Uint8Array;
  /** All elements as float32: a view on `bytes`, or new memory, or the start of `into` where conversion needs memory. */
  toF32(into?: Float32Array): Float32Array;
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
  return { shape, dtype: tensor.dtype, bytes: tensor.bytes, toF32: (into) => tensor.toF32(into) };
}
