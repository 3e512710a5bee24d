import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type * as Tf from '@tensorflow/tfjs-core';
import { Unavailable, type Contestant, type Peer } from './contestant';

const ID = 'tfjs-wasm';

/** tfjs' WASM back-end with SIMD, one thread. */
export const tfjs: Peer = {
  ...{ id: ID, label: ID },
  async gemm({ m, k, n, a, b }, threads) {
    const tf = await openTfjs(threads);
    const [x, w] = [tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])];
    return contestant([x, w], () => tf.matMul(x, w));
  },
  async addition({ a, b }, threads) {
    const tf = await openTfjs(threads);
    const [x, y] = [tf.tensor1d(a), tf.tensor1d(b)];
    return contestant([x, y], () => tf.add(x, y));
  },
  graph: () => Promise.reject(new Unavailable('runs no ONNX graphs')),
  mixing: () => Promise.reject(new Unavailable('has no such op')),
};

const contestant = (inputs: readonly Tf.Tensor[], call: () => Tf.Tensor): Contestant => ({
  ...{ id: ID, label: ID, threads: 1 },
  run: () => call().dispose(),
  async output() {
    const y = call();
    const data = await y.data<'float32'>();
    y.dispose();
    return data;
  },
  dispose: () => inputs.forEach((x) => x.dispose()),
});

/** The library on its WASM back-end with SIMD. Rejects with `Unavailable` for more than one thread. */
export async function openTfjs(threads: number): Promise<typeof Tf> {
  if (threads > 1) throw new Unavailable('its threaded build starts workers from a Blob URL, which Node refuses');
  const tf = await import('@tensorflow/tfjs-core');
  if (tf.getBackend() === 'wasm') return tf;
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}
