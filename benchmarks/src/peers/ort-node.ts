import { onnxruntimePeer } from './onnxruntime';

/** onnxruntime-node's native back-end: not a WASM peer, but what a Node service would use instead. */
export const ortNode = onnxruntimePeer('onnxruntime-node', async (threads) => ({
  runtime: (await import('onnxruntime-node')) as never,
  options: { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 },
}));
