import type { Device, Zoo } from '@paperzoo/core';
import type { GLALanguageModel } from '../../src/index';
import { smallModel } from '../harness/small-model';
import { zooOn } from '../harness/zoo';
import type { DeviceCase } from './case';
import { Judge } from './judge';

/** What a device of recorded commands lets be counted. */
type Counted = Device & { readonly dispatches: number };

const PROMPT = Array.from({ length: 20 }, (_, i) => (i * 17 + 3) % 61);

async function greedy(model: GLALanguageModel, prompt: readonly number[], maxNewTokens: number): Promise<number[]> {
  const tokens: number[] = [];
  for await (const { token } of model.generate(prompt, { maxNewTokens })) tokens.push(token);
  return tokens;
}

/** Dispatches of one step, after all is compiled and loaded. */
async function dispatchesOf(zoo: Zoo, numHiddenLayers: number): Promise<number> {
  using model = await smallModel(zoo, { numHiddenLayers });
  const { logits, state } = model.prefill(PROMPT);
  logits.dispose();
  model.step([1], state).dispose();
  const before = (zoo.device as Counted).dispatches;
  model.step([2], state).dispose();
  state.dispose();
  return (zoo.device as Counted).dispatches - before;
}

/** Sizes of what is read while `work` runs, in elements. */
async function readsOf(device: Device, work: () => Promise<unknown>): Promise<number[]> {
  const sizes: number[] = [];
  const read = device.read.bind(device);
  device.read = (handle, dtype, size) => {
    sizes.push(size);
    return read(handle, dtype, size);
  };
  try {
    await work();
  } finally {
    device.read = read;
  }
  return sizes;
}

/** Generating text with the state on the adapter. */
export const decoding = (): DeviceCase[] => [
  {
    name: 'greedy tokens are those of wasm',
    async run(zoo) {
      const judge = new Judge();
      await using other = await zooOn('wasm');
      using here = await smallModel(zoo);
      using there = await smallModel(other);
      judge.equal('the tokens', await greedy(here, PROMPT, 24), await greedy(there, PROMPT, 24));
      return judge.wrong;
    },
  },
  {
    name: 'a token takes at most 16 dispatches per layer and 4 beside them',
    async run(zoo) {
      const judge = new Judge();
      const [one, three] = [await dispatchesOf(zoo, 1), await dispatchesOf(zoo, 3)];
      const layer = (three - one) / 2;
      judge.holds(layer <= 16, `a layer takes ${layer}`);
      judge.holds(one - layer <= 4, `all but the layers take ${one - layer}`);
      return judge.wrong;
    },
  },
  {
    name: 'of each token one row of logits is read and nothing else',
    async run(zoo) {
      const judge = new Judge();
      using model = await smallModel(zoo);
      const reads = await readsOf(zoo.device, () => greedy(model, PROMPT, 6));
      judge.equal('the reads', reads, new Array(6).fill(61));
      return judge.wrong;
    },
  },
  {
    name: 'a thousand tokens leave memory as it was',
    async run(zoo) {
      const judge = new Judge();
      using model = await smallModel(zoo, { numHiddenLayers: 1 });
      const { logits, state } = model.prefill(PROMPT);
      logits.dispose();
      const go = async (steps: number) => {
        for (let i = 0; i < steps; i++) {
          const row = model.step([i % 61], state);
          // The queue of commands is emptied now and then, as sampling would at every token.
          if (i % 50 === 49) await row.data();
          row.dispose();
        }
        const { tensors, bytes, packedBytes, reservedBytes } = zoo.memory();
        return { tensors, bytes, packedBytes, reservedBytes };
      };
      const before = await go(100);
      judge.equal('memory', await go(900), before);
      judge.equal('tokens seen', state.seenTokens, [1020]);
      state.dispose();
      return judge.wrong;
    },
  },
];
