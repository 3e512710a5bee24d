import { sampleCheckpoint } from './sample';
import { runFresh } from './fresh';

const SOURCE = `
const { createZoo } = await import('@paperzoo/core');
const { wasm } = await import('@paperzoo/device-wasm');
const { default: efficientvit } = await import('@paperzoo/efficientvit');
const before = process.memoryUsage.rss();
const zoo = await createZoo({ device: wasm(), plugins: [efficientvit] });
const model = await zoo.load('efficientvit_m0.r224_in1k', { weights: process.argv[1] });
const loaded = zoo.memory();
zoo.resetPeak();
const x = zoo.zeros([1, 3, 224, 224]);
for (let i = 0; i < 3; i++) {
  const y = model.forward(x);
  await y.data();
  y.dispose();
}
const memory = zoo.memory();
console.log(JSON.stringify({ loaded, memory, rss: process.resourceUsage().maxRSS * 1024 - before }));
`;

interface Report {
  readonly loaded: { readonly bytes: number };
  readonly memory: { readonly peakBytes: number; readonly packedBytes: number; readonly reservedBytes: number };
  readonly rss: number;
}

/** MB (10⁶ bytes) of linear memory that the device holds after three answers; what lies in it, and how the process grew. */
export async function peakMemory(signal: AbortSignal | undefined) {
  const { loaded, memory, rss } = await runFresh<Report>(SOURCE, [await sampleCheckpoint()], signal);
  const mb = (bytes: number) => bytes / 1e6;
  return {
    value: mb(memory.reservedBytes),
    details: {
      'weights MB': mb(loaded.bytes),
      'tensors at the peak MB': mb(memory.peakBytes),
      'packed weights MB': mb(memory.packedBytes),
      'growth of the process MB': mb(rss),
    },
  };
}
