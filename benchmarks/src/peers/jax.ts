import { Unavailable, type Peer } from './contestant';

/**
 * jax-js' WASM back-end, the product compiled by its `jit`. In Node ≥ 20 its `init()` asks for `navigator.gpu` and throws where there is no
 * navigator; the WASM back-end is ready without it.
 */
export const jax: Peer = {
  id: 'jax-js',
  label: 'jax-js',
  async gemm({ m, k, n, a, b }, threads) {
    if (threads > 1) throw new Unavailable('uses threads only where web workers exist, and Node has none');
    // onnxruntime-web and tfjs put Node's own Worker where web workers would be; jax-js would take it for one and fail on a Blob URL.
    Reflect.deleteProperty(globalThis, 'Worker');
    const { numpy, jit, defaultDevice, blockUntilReady } = await import('@jax-js/jax');
    defaultDevice('wasm');
    const x = numpy.array(a as Float32Array<ArrayBuffer>).reshape([m, k]);
    const w = numpy.array(b as Float32Array<ArrayBuffer>).reshape([k, n]);
    const product = jit((p: typeof x, q: typeof x) => numpy.matmul(p, q));
    return {
      id: 'jax-js',
      label: 'jax-js',
      threads,
      async run() {
        const y = product(x.ref, w.ref);
        await blockUntilReady(y);
        y.dispose();
      },
      output: async () => (await product(x.ref, w.ref).data()) as Float32Array,
      dispose() {
        x.dispose();
        w.dispose();
      },
    };
  },
  graph: () => Promise.reject(new Unavailable('runs no ONNX graphs')),
};
