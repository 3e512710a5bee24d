import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { Unavailable, type Peer } from './contestant';

/** tfjs' WASM back-end with SIMD, one thread. */
export const tfjs: Peer = {
  id: 'tfjs-wasm',
  label: 'tfjs-wasm',
  async gemm({ m, k, n, a, b }, threads) {
    if (threads > 1) throw new Unavailable('its threaded build starts workers from a Blob URL, which Node refuses');
    const tf = await open();
    const x = tf.tensor2d(a, [m, k]);
    const w = tf.tensor2d(b, [k, n]);
    return {
      id: 'tfjs-wasm',
      label: 'tfjs-wasm',
      threads,
      run: () => tf.matMul(x, w).dispose(),
      async output() {
        const y = tf.matMul(x, w);
        const data = await y.data<'float32'>();
        y.dispose();
        return data;
      },
      dispose: () => tf.dispose([x, w]),
    };
  },
  graph: () => Promise.reject(new Unavailable('runs no ONNX graphs')),
};

async function open() {
  const tf = await import('@tensorflow/tfjs-core');
  if (tf.getBackend() === 'wasm') return tf;
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}
