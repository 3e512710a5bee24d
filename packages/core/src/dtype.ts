/** Element types that tensors hold. Files may hold more; the hub widens f16, bf16 to f32 and narrows i64 with a check. */
export type DType = 'f32' | 'i32' | 'u32' | 'u8' | 'bool';

export type TypedArray = Float32Array | Int32Array | Uint32Array | Uint8Array;

interface DTypeInfo {
  readonly bytes: 1 | 4;
  readonly array: new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => TypedArray;
}

export const DTYPES: Readonly<Record<DType, DTypeInfo>> = {
  f32: { bytes: 4, array: Float32Array },
  i32: { bytes: 4, array: Int32Array },
  u32: { bytes: 4, array: Uint32Array },
  u8: { bytes: 1, array: Uint8Array },
  bool: { bytes: 1, array: Uint8Array },
};

/** Elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Shape and dtype: all that is known of a tensor without its data. */
export interface Spec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

export const bytesOf = ({ shape, dtype }: Spec): number => sizeOf(shape) * DTYPES[dtype].bytes;
