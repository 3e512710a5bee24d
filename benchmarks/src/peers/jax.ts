import type { numpy } from '@jax-js/jax';
import { Unavailable, type Contestant, type Peer } from './contestant';

const ID = 'jax-js';
type Vector = Float32Array<ArrayBuffer>;

/**
 * jax-js' WASM back-end, functions compiled by its `jit`. In Node ≥ 20 its `init()` asks for `navigator.gpu` and throws where there is no
 * navigator; the WASM back-end is ready without it.
 */
export const jax: Peer = {
  ...{ id: ID, label: ID },
  async gemm({ m, k, n, a, b }, threads) {
    const { numpy } = await openJax(threads);
    const x = numpy.array(a as Vector).reshape([m, k]);
    const w = numpy.array(b as Vector).reshape([k, n]);
    return contestant(x, w, (p, q) => numpy.matmul(p, q));
  },
  async addition({ a, b }, threads) {
    const { numpy } = await openJax(threads);
    return contestant(numpy.array(a as Vector), numpy.array(b as Vector), (p, q) => numpy.add(p, q));
  },
  graph: () => Promise.reject(new Unavailable('runs no ONNX graphs')),
  mixing: () => Promise.reject(new Unavailable('has no such op')),
};

async function contestant(
  x: numpy.Array,
  y: numpy.Array,
  fn: (x: numpy.Array, y: numpy.Array) => numpy.Array,
): Promise<Contestant> {
  const { jit, blockUntilReady } = await openJax(1);
  const compiled = jit(fn);
  return {
    ...{ id: ID, label: ID, threads: 1 },
    async run() {
      const result = compiled(x.ref, y.ref);
      await blockUntilReady(result);
      result.dispose();
    },
    output: async () => (await compiled(x.ref, y.ref).data()) as Float32Array,
    dispose() {
      x.dispose();
      y.dispose();
    },
  };
}

/** The library on its WASM back-end. Rejects with `Unavailable` for more than one thread. */
export async function openJax(threads: number) {
  if (threads > 1) throw new Unavailable('uses threads only where web workers exist, and Node has none');
  // onnxruntime-web and tfjs put Node's own Worker where web workers would be; jax-js would take it for one and fail on a Blob URL.
  Reflect.deleteProperty(globalThis, 'Worker');
  const library = await import('@jax-js/jax');
  library.defaultDevice('wasm');
  return library;
}
