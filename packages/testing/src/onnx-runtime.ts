import { DTYPES, type Spec, type Tensor, type TypedArray, type Zoo } from '@paperzoo/core';
import type { ConformOnnxOptions } from './conform-onnx';

/** What `onnxruntime-node` and `onnxruntime-web` have in common, as far as running a file once goes. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: never): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => object;
}

const TYPES = { f32: 'float32', i32: 'int32', u32: 'uint32', u8: 'uint8', bool: 'bool' } as const;

/** Runs ONNX files on a runtime, each in a session of its own with one thread: `onnxRunner(await import('onnxruntime-node'))`. */
export const onnxRunner =
  ({ InferenceSession, Tensor: Fed }: OnnxRuntime): ConformOnnxOptions['run'] =>
  async (bytes, inputs) => {
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
    try {
      const feeds = Object.entries(inputs).map(([name, { dtype, shape, values }]) => {
        // A native module knows typed arrays by their class, which test runners have twice: this one is of its own realm.
        const data = new DTYPES[dtype].array(values.slice().buffer);
        return [name, new Fed(TYPES[dtype] as never, data as never, shape)] as const;
      });
      const results = await session.run(Object.fromEntries(feeds) as never);
      return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as TypedArray]));
    } finally {
      await session.release();
    }
  };

/** `exportOnnx` of @paperzoo/onnx. */
type ExportOnnx<O extends object> = (
  zoo: Zoo,
  fn: (...inputs: Tensor[]) => readonly Tensor[],
  specs: readonly Spec[],
  options: O & { readonly inputNames: readonly string[]; readonly outputNames: readonly string[] },
) => Promise<{ readonly bytes: Uint8Array }>;

/** Writes ONNX files as `conformOnnx` asks for them: `onnxWriter(exportOnnx, { form: 'functions' })`. */
export const onnxWriter =
  <O extends object>(exportOnnx: ExportOnnx<O>, options: O): ConformOnnxOptions['write'] =>
  async (zoo, fn, specs, { inputs, outputs }) => {
    const plain = specs.map(({ shape, dtype }) => ({ shape, dtype }));
    return (await exportOnnx(zoo, fn, plain, { ...options, inputNames: inputs, outputNames: outputs })).bytes;
  };
