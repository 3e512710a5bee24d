import { setFlagsFromString } from 'node:v8';
import { createZoo, matmul, type Plugin, type Tensor, type Zoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { Unavailable, type Contestant, type GemmProblem } from './contestant';

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

/** A product with the weight packed once, as a model has it. */
export async function ourGemm(problem: GemmProblem, threads: number): Promise<Contestant> {
  return product(await openZoo(threads), problem, threads);
}

/** As `ourGemm`, with `wasm({ relaxedSimd: true })`: a fused multiply-add where processor and engine have one. */
export async function ourFusedGemm(problem: GemmProblem, threads: number): Promise<Contestant> {
  // Node 20 knows relaxed SIMD but hides it behind a flag, which later versions no longer know.
  if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const zoo = await createZoo({ device: wasm({ threads, relaxedSimd: true }), log: () => undefined });
  if (zoo.device.caps.info.simd !== 'relaxed') {
    await zoo.dispose();
    throw new Unavailable('this engine has no relaxed SIMD');
  }
  return { ...product(zoo, problem, threads), id: FUSED.id, label: FUSED.label };
}

/** Our own second entry. */
export const FUSED = { id: 'paperzoo-fma', label: 'paperzoo, relaxedSimd' } as const;

function product(zoo: Zoo, { m, k, n, a, b }: GemmProblem, threads: number): Contestant {
  const x = zoo.tensor(a, { shape: [m, k] });
  const w = zoo.tensor(b, { shape: [k, n] }).persist();
  return ours(zoo, threads, () => matmul(x, w));
}
