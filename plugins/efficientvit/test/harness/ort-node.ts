import { DTYPES, type Spec, type Tensor, type TypedArray, type Zoo } from '@paperzoo/core';
import { exportOnnx, type Form } from '@paperzoo/onnx';
import * as ort from 'onnxruntime-node';

const TYPES = { f32: 'float32', i32: 'int32', u32: 'uint32', u8: 'uint8', bool: 'bool' } as const;

/** Runs an ONNX file on onnxruntime-node; outputs by name. */
export async function run(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, Spec & { readonly values: TypedArray }>>,
): Promise<Record<string, TypedArray>> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    const feeds = Object.entries(inputs).map(([name, { dtype, shape, values }]) => {
      const data = new DTYPES[dtype].array(values.slice().buffer);
      return [name, new ort.Tensor(TYPES[dtype], data as never, shape)] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as TypedArray]));
  } finally {
    await session.release();
  }
}

/** Gives the bytes of an ONNX file of `fn` in this form, as the conformance kit asks for them. */
export const writer =
  (form: Form) =>
  async (
    zoo: Zoo,
    fn: (...inputs: Tensor[]) => readonly Tensor[],
    specs: readonly Spec[],
    { inputs, outputs }: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
  ): Promise<Uint8Array> =>
    (await exportOnnx(zoo, fn, specs, { form, inputNames: inputs, outputNames: outputs })).bytes;
