import { DTYPES, type DType, type Spec, type Tensor, type TypedArray, type Zoo } from '@paperzoo/core';
import * as ort from 'onnxruntime-node';
import { exportOnnx, type ExportOptions } from '../src/index';

const TYPES = { f32: 'float32', i32: 'int32', u32: 'uint32', u8: 'uint8', bool: 'bool' } as const;

interface Fed extends Spec {
  readonly values: TypedArray;
}

/** Runs a file on onnxruntime-node; outputs by name. */
export async function run(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Fed>>,
): Promise<Record<string, TypedArray>> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    const feeds = Object.entries(inputs).map(([name, { dtype, shape, values }]) => [name, feed(dtype, shape, values)]);
    const results = await session.run(Object.fromEntries(feeds) as Record<string, ort.Tensor>);
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as TypedArray]));
  } finally {
    await session.release();
  }
}

// Tensors of Jest's realm are not those that the native module knows, so the data is copied into one of its own.
function feed(dtype: DType, shape: readonly number[], values: TypedArray): ort.Tensor {
  const { array } = DTYPES[dtype];
  return new ort.Tensor(TYPES[dtype], new array(values.slice().buffer) as never, shape);
}

/** As `conformOnnx` wants it. */
export const writer =
  (options: ExportOptions = {}) =>
  async (
    zoo: Zoo,
    fn: (...inputs: Tensor[]) => readonly Tensor[],
    specs: readonly Spec[],
    names: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
  ): Promise<Uint8Array> => {
    const plain = specs.map(({ shape, dtype }) => ({ shape, dtype }));
    return (await exportOnnx(zoo, fn, plain, { ...options, inputNames: names.inputs, outputNames: names.outputs }))
      .bytes;
  };
