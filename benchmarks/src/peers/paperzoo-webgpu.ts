import { createZoo, matmul, slice, type Zoo } from '@paperzoo/core';
import { webgpu } from '@paperzoo/device-webgpu';
import { Unavailable, type Contestant, type GemmProblem } from './contestant';

/** Our own entry on the graphics adapter. */
export const ADAPTER = { id: 'paperzoo-webgpu', label: 'paperzoo, WebGPU' } as const;

/** A zoo on a real adapter. A software one proves that kernels are right; its speed says nothing. */
async function openAdapter(): Promise<Zoo> {
  const zoo = await createZoo({ device: webgpu({ powerPreference: 'high-performance' }), log: () => undefined }).catch(
    (error: unknown) => {
      throw new Unavailable(error instanceof Error ? error.message : String(error));
    },
  );
  const { software, adapter } = zoo.device.caps.info;
  if (!software) return zoo;
  await zoo.dispose();
  throw new Unavailable(`${String(adapter)} is a software adapter, whose speed says nothing`);
}

/** A product of matrices that are on the adapter; a call ends when the first row of its result has been read back. */
export async function ourAdapterGemm({ m, k, n, a, b }: GemmProblem): Promise<Contestant> {
  const zoo = await openAdapter();
  const x = zoo.tensor(a, { shape: [m, k] });
  const w = zoo.tensor(b, { shape: [k, n] }).persist();
  return {
    ...ADAPTER,
    threads: 1,
    async run() {
      const row = zoo.scope(() => slice(matmul(x, w), { dim: 0, end: 1 }));
      await row.data();
      row.dispose();
    },
    async output() {
      const y = zoo.scope(() => matmul(x, w));
      const data = await y.data();
      y.dispose();
      return data as Float32Array;
    },
    dispose: () => zoo.dispose(),
  };
}
