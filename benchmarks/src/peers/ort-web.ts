import { onnxruntimePeer } from './onnxruntime';

/** onnxruntime-web's WASM back-end. Its thread count belongs to the process and is fixed by the first session. */
export const ortWeb = onnxruntimePeer('onnxruntime-web', async (threads) => {
  const runtime = await import('onnxruntime-web');
  runtime.env.logLevel = 'error';
  runtime.env.wasm.numThreads = threads;
  return { runtime, options: { executionProviders: ['wasm'], logSeverityLevel: 3 } };
});
