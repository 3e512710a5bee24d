import { createZoo, matmul, type Plugin, type Tensor, type Zoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import type { Contestant, GemmProblem } from './contestant';

const ID = 'paperzoo';

/** Our zoo on the WASM device. */
export const openZoo = (threads: number, plugins: readonly Plugin[] = []): Promise<Zoo> =>
  createZoo({ device: wasm({ threads }), plugins, log: () => undefined });

/** Ours running a function of tensors that are on the device already; the zoo is disposed with the contestant. */
export function ours(zoo: Zoo, threads: number, fn: () => Tensor, id = ID): Contestant {
  const call = () => zoo.scope(fn);
  return {
    id,
    label: ID,
    threads,
    run: () => call().dispose(),
    async output() {
      const y = call();
      const data = await y.data();
      y.dispose();
      return data as Float32Array;
    },
    dispose: () => zoo.dispose(),
  };
}

export async function ourGemm({ m, k, n, a, b }: GemmProblem, threads: number, id = ID): Promise<Contestant> {
  const zoo = await openZoo(threads);
  const x = zoo.tensor(a, { shape: [m, k] });
  const w = zoo.tensor(b, { shape: [k, n] }).persist();
  return ours(zoo, threads, () => matmul(x, w), id);
}
