import type { Zoo } from '@paperzoo/core';
import type { Module } from '@paperzoo/nn';
import { foldBatchNorms } from '../onnx/fold';
import { lowerGraph } from '../onnx/lower';
import { openZoo, ours } from '../peers/paperzoo';
import { loadNetwork } from './weights';

/** Our network on a zoo of its own, ready to run on `input`; disposing the contestant disposes the zoo. */
export async function openNetwork(
  name: string,
  input: Float32Array,
  shape: readonly number[],
  threads: number,
  id?: string,
) {
  const { default: efficientvit } = await import('@paperzoo/efficientvit');
  const zoo = await openZoo(threads, [efficientvit]);
  const network = await loadNetwork(zoo, name);
  const x = zoo.tensor(input, { shape });
  return { zoo, network, contestant: ours(zoo, threads, () => network.forward(x), id) };
}

/** The network as an ONNX model of static shape: traced from the module that training uses, its norms folded. */
export function exportNetwork(zoo: Zoo, module: Module, shape: readonly number[]): Uint8Array {
  return zoo.scope(() => {
    const graph = zoo.trace((x) => module(x), [{ shape, dtype: 'f32' }]);
    return lowerGraph(zoo, foldBatchNorms(zoo, graph));
  });
}
