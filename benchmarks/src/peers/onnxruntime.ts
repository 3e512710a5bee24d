import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { additionModel } from '../onnx/addition-model';
import { gemmModel } from '../onnx/gemm-model';
import { linearAttentionModel } from './linear-attention-model';
import type { Contestant, Peer } from './contestant';

/** The part that onnxruntime-web and onnxruntime-node have in common. */
interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
}

/** A peer out of one of onnxruntime's packages; `open` sets up the package for so many threads. */
export function onnxruntimePeer(
  id: string,
  open: (threads: number) => Promise<{ runtime: Runtime; options: InferenceSession.SessionOptions }>,
): Peer {
  const prepare = async (
    model: Uint8Array,
    inputs: readonly (readonly [data: Float32Array, shape: readonly number[]])[],
    threads: number,
  ): Promise<Contestant> => {
    const { runtime, options } = await open(threads);
    const session = await runtime.InferenceSession.create(model, { graphOptimizationLevel: 'all', ...options });
    const tensors = inputs.map(([data, shape]) => new runtime.Tensor('float32', data, shape));
    const feeds = Object.fromEntries(session.inputNames.map((input, i) => [input, tensors[i]!]));
    const name = session.outputNames[0]!;
    return {
      id,
      label: id,
      threads,
      run: () => session.run(feeds).then((outputs) => Object.values(outputs).forEach((output) => output.dispose())),
      output: async () => (await session.run(feeds))[name]!.data as Float32Array,
      dispose: () => session.release(),
    };
  };
  return {
    id,
    label: id,
    gemm: async ({ m, k, n, a, b }, threads) => prepare(await gemmModel(m, k, n, b), [[a, [m, k]]], threads),
    addition: async ({ a, b }, threads) => prepare(await additionModel(b), [[a, [a.length]]], threads),
    graph: ({ onnx, input, shape }, threads) => prepare(onnx, [[input, shape]], threads),
    mixing(problem) {
      const { T, H, K, V, q, k, v, g } = problem;
      const [keys, values] = [[1, T, H * K], [1, T, H * V]]; // prettier-ignore
      return prepare(linearAttentionModel(problem), [[q, keys], [k, keys], [v, values], [g, keys]], 1); // prettier-ignore
    },
  };
}
