// jax-js on its WebGPU back-end, the product under its `jit`.
import type { Inputs } from './inputs';
import type { Lane } from './lane';

type Vector = Float32Array<ArrayBuffer>;

/** Rejects where it cannot take part, with the reason. */
export async function jaxLane(inputs: Inputs): Promise<Lane> {
  if (inputs.kind !== 'gemm') throw new Error('runs neither ONNX files nor our checkpoints');
  const { init, defaultDevice, numpy, jit, blockUntilReady } = await import('@jax-js/jax');
  const ready = await init('webgpu');
  if (!ready.includes('webgpu')) throw new Error('its WebGPU back-end does not start here');
  defaultDevice('webgpu');
  const { side, a, b } = inputs;
  const x = numpy.array(a as Vector).reshape([side, side]);
  const w = numpy.array(b as Vector).reshape([side, side]);
  const product = jit((p: typeof x, q: typeof x) => numpy.matmul(p, q));
  return {
    ...{ id: 'jax-js', label: 'jax-js, WebGPU' },
    async run(calls) {
      // What is disposed before anybody waits for it need never be computed: all are kept until all are done.
      const all = Array.from({ length: calls }, () => product(x.ref, w.ref));
      await blockUntilReady(all);
      for (const result of all) result.dispose();
    },
    output: async () => (await product(x.ref, w.ref).data()) as Float32Array,
    dispose() {
      x.dispose();
      w.dispose();
    },
  };
}
