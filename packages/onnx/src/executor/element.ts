import { DTypeError, type DType, type TypedArray } from '@paperzoo/core';
import type { Tensor } from 'onnxruntime-web';

/** How a graph's element types appear here. int64 has no dtype of its own: it is i32 as long as every value fits. */
const DTYPES: Readonly<Partial<Record<Tensor.Type, DType>>> = {
  float32: 'f32',
  int32: 'i32',
  int64: 'i32',
  uint32: 'u32',
  uint8: 'u8',
  bool: 'bool',
};

export const dtypeOf = (type: string): DType | undefined => DTYPES[type as Tensor.Type];

/** Elements as onnxruntime takes them. */
export const toRuntime = (values: TypedArray, type: string): TypedArray | BigInt64Array =>
  type === 'int64' ? BigInt64Array.from(values, BigInt) : values;

/** Elements as tensors hold them. @throws DTypeError for an int64 that does not fit */
export function fromRuntime(values: Tensor.DataType, name: string): TypedArray {
  if (!(values instanceof BigInt64Array)) return values as TypedArray;
  const narrow = new Int32Array(values.length);
  for (const [at, value] of values.entries()) {
    narrow[at] = Number(value);
    if (BigInt(narrow[at]!) === value) continue;
    const details = { argument: name, expected: 'i32', got: String(value) };
    throw new DTypeError(`The output "${name}" holds ${value}, which i32 cannot.`, details);
  }
  return narrow;
}
