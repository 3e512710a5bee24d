/// <reference types="@webgpu/types" />
// onnxruntime-web on its WebGPU execution provider.
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { Inputs } from './inputs';
import type { Lane } from './lane';

const STORAGE = 128 | 8 | 4;

/** Opens a session on the problem's model; onnxruntime's own files are under `/ort/`. Rejects with the library's error. */
export async function onnxruntimeLane(inputs: Inputs): Promise<Lane> {
  const ort = await import('onnxruntime-web/webgpu');
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = new URL('/ort/', location.href).href;
  ort.env.webgpu.powerPreference = 'high-performance';
  const product = inputs.kind === 'gemm';
  const { onnx } = product ? inputs : inputs.model;
  const options: InferenceSession.SessionOptions = {
    ...{ executionProviders: ['webgpu'], graphOptimizationLevel: 'all', logSeverityLevel: 3 },
    ...(product && { preferredOutputLocation: 'gpu-buffer' as const }),
  };
  const session = await ort.InferenceSession.create(onnx, options);
  const [input] = session.inputNames as readonly [string];
  const [output] = session.outputNames as readonly [string];
  const device = (await ort.env.webgpu.device) as GPUDevice;

  /** Values that stay on the adapter, as ours do. */
  const uploaded = (values: Float32Array, dims: readonly number[]): Tensor => {
    const buffer = device.createBuffer({ size: values.byteLength, usage: STORAGE });
    device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
    return ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims });
  };
  const shape = product ? [inputs.side, inputs.side] : inputs.model.shape;
  // Tokens come from the processor in every call, for everybody.
  const fixed =
    inputs.kind === 'tokens' ? undefined : uploaded(inputs.kind === 'gemm' ? inputs.a : inputs.values, shape);
  const call = async (): Promise<Tensor> => {
    const x = fixed ?? new ort.Tensor('int32', (inputs as { values: Int32Array }).values, shape);
    return (await session.run({ [input]: x }, [output]))[output] as Tensor;
  };
  return {
    ...{ id: 'onnxruntime-web', label: 'onnxruntime-web, WebGPU' },
    async run(calls) {
      for (let i = 0; i < calls; i++) (await call()).dispose();
      if (product) await device.queue.onSubmittedWorkDone();
    },
    async output() {
      const y = await call();
      return (await y.getData(true)) as Float32Array;
    },
    dispose: () => session.release(),
  };
}
