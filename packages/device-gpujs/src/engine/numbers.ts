import { DTYPES, DTypeError, type DType, type TypedArray } from '@paperzoo/core';

/** Elements as the float32 that this device computes with. Throws `DTypeError` for an integer that float32 would change. */
export function toFloats(data: TypedArray): Float32Array {
  const floats = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) floats[i] = data[i]!;
  if (data instanceof Int32Array || data instanceof Uint32Array) {
    const at = data.findIndex((value, i) => floats[i] !== value);
    if (at >= 0) {
      throw new DTypeError(`gpujs: element ${at} is ${data[at]}, and this device keeps integers as float32.`, {
        argument: 'data',
        expected: 'integers that float32 holds, such as all up to 16777216',
        got: data[at],
        remedy: 'Keep such numbers on another device.',
      });
    }
  }
  return floats;
}

const HIGHEST = { i32: 2 ** 31 - 1, u32: 2 ** 32 - 1, u8: 255, bool: 255 } as const;

/** Elements as their dtype says. The end of a range of integers is no float32: its neighbour above stands for it. */
export function fromFloats(floats: Float32Array, dtype: DType): TypedArray {
  if (dtype === 'f32') return floats;
  const values = new DTYPES[dtype].array(new ArrayBuffer(floats.length * DTYPES[dtype].bytes));
  for (let i = 0; i < floats.length; i++) values[i] = Math.min(floats[i]!, HIGHEST[dtype]);
  return values;
}
