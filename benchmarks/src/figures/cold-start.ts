import { median } from '../measure/stats';
import { sampleCheckpoint } from './sample';
import { runFresh } from './fresh';

const RUNS = 5;

/** The five lines of the README, timed from before their imports to after the first logits. */
const SOURCE = `
const begin = performance.now();
const [{ createZoo }, { wasm }, { default: efficientvit }] = await Promise.all([
  import('@paperzoo/core'), import('@paperzoo/device-wasm'), import('@paperzoo/efficientvit'),
]);
const imported = performance.now();
const zoo = await createZoo({ device: wasm(), plugins: [efficientvit] });
const created = performance.now();
const model = await zoo.load('efficientvit_m0.r224_in1k', { weights: process.argv[1] });
const loaded = performance.now();
await model.forward(zoo.zeros([1, 3, 224, 224])).data();
const end = performance.now();
console.log(JSON.stringify({ begin, imported, created, loaded, end }));
`;

interface Times {
  readonly begin: number;
  readonly imported: number;
  readonly created: number;
  readonly loaded: number;
  readonly end: number;
}

/** Milliseconds, the median of five fresh processes; the checkpoint lies on the disk and in its cache. */
export async function coldStart(signal: AbortSignal | undefined) {
  const checkpoint = await sampleCheckpoint();
  const all: Times[] = [];
  // The first run only warms the disk's cache.
  for (let i = 0; i <= RUNS; i++) all.push(await runFresh<Times>(SOURCE, [checkpoint], signal));
  const runs = all.slice(1);
  const part = (of: (t: Times) => number) => median(runs.map(of));
  return {
    value: part((t) => t.end - t.begin),
    details: {
      'least ms': Math.min(...runs.map((t) => t.end - t.begin)),
      'imports ms': part((t) => t.imported - t.begin),
      'createZoo ms': part((t) => t.created - t.imported),
      'load ms': part((t) => t.loaded - t.created),
      'first answer ms': part((t) => t.end - t.loaded),
      'Node itself ms': part((t) => t.begin),
    },
  };
}
