import { runFresh } from './fresh';

const HEAD = `
const { createZoo } = await import('@paperzoo/core');
const { wasm } = await import('@paperzoo/device-wasm');
const { default: gla } = await import('@paperzoo/gla');
const { adamw, clipByGlobalNorm } = await import('@paperzoo/nn');
const zoo = await createZoo({ device: wasm(), plugins: [gla], log: () => undefined });
const config = { vocabSize: 64, hiddenSize: 64, numHiddenLayers: 2, numHeads: 2, intermediateSize: 128, bosTokenId: null, eosTokenId: null };
const model = await zoo.load('gla_tiny', { weights: false, config });
const marks = [];
const mark = (n) => { if (n === 10 || n === 1000) marks.push(zoo.memory()); };
`;
const TAIL = `
console.log(JSON.stringify(marks));
`;

const TRAINING = `
const { module } = model;
const [optimizer, clip] = [adamw(), clipByGlobalNorm(1)];
let state = zoo.scope(() => optimizer.init(module.parameters(zoo)));
for (let n = 1; n <= 1000; n++) {
  const ids = zoo.tensor(Int32Array.from({ length: 64 }, (_, i) => (i * n) % 61), { shape: [2, 32] });
  const params = module.parameters(zoo);
  const { value, grads } = zoo.valueAndGrad(() => module.loss(ids, ids), params);
  const next = zoo.scope(() => optimizer.update({ params, grads: clip(grads, params), state, lr: 1e-3 }));
  for (const [name, parameter] of module.namedParameters()) parameter.set(next.params[name]);
  for (const all of [{ ids, value }, grads, next.params, ...Object.values(state.slots)])
    for (const tensor of Object.values(all)) tensor.dispose();
  state = next.state;
  mark(n);
}
`;

const DECODING = `
let n = 0;
for await (const token of model.generate([1, 2, 3], { maxNewTokens: 1000, temperature: 1, seed: 1 })) mark(++n);
`;

interface Memory {
  readonly tensors: number;
  readonly bytes: number;
  readonly reservedBytes: number;
}

/** How many bytes more are counted after the thousandth round than after the tenth: the tensors' and the device's whole memory. */
async function growth(body: string, signal: AbortSignal | undefined) {
  const [early, late] = await runFresh<[Memory, Memory]>(HEAD + body + TAIL, [], signal);
  const more = (key: keyof Memory) => late[key] - early[key];
  return {
    value: more('bytes') + more('reservedBytes'),
    details: {
      'more tensors': more('tensors'),
      'at the end kB': late.bytes / 1000,
      'reserved MB': late.reservedBytes / 1e6,
    },
  };
}

export const trainingGrowth = (signal: AbortSignal | undefined) => growth(TRAINING, signal);
export const decodingGrowth = (signal: AbortSignal | undefined) => growth(DECODING, signal);
