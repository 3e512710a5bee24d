import { exportOnnx, type ExportOptions } from '@paperzoo/onnx';
import { openZoo, ours } from '../peers/paperzoo';
import { loadNetwork, type Network } from './weights';

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

/** The network as an ONNX model, of its inference graph, whose norms are folded; of static shape unless `options` leave some of it open. */
export async function exportNetwork(
  network: Network,
  shape: readonly number[],
  options: ExportOptions = {},
): Promise<Uint8Array> {
  return (await exportOnnx(network.zoo, network, [{ shape, dtype: 'f32' }], options)).bytes;
}
