import type { Zoo } from '@paperzoo/core';
import { adamw, clipByGlobalNorm, train, type CheckpointStore, type Snapshot } from '@paperzoo/nn';
import type { GLALanguageModel } from '../../src/index';
import { smallModel } from '../harness/small-model';
import { zooOn } from '../harness/zoo';
import type { DeviceCase } from './case';
import { Judge } from './judge';

const [BATCH, LENGTH] = [3, 21];

/** Rows that can be learned: each counts on by its own stride. */
const data = {
  at: (step: number) =>
    Int32Array.from({ length: BATCH * LENGTH }, (_, i) => {
      const row = Math.floor(i / LENGTH);
      return (step * 7 + row + (i % LENGTH) * (row + 2)) % 61;
    }),
  fingerprint: 'counting',
};

/** The last checkpoint, in memory. */
function store(): CheckpointStore {
  let last: (Snapshot & { readonly name: string }) | undefined;
  return {
    save: (step, snapshot) => {
      last = { ...snapshot, name: `step ${step}` };
      return Promise.resolve(last.name);
    },
    newest: () => Promise.resolve(last),
  };
}

interface Plan {
  readonly steps: number;
  readonly checkpoints?: CheckpointStore;
  readonly resume?: boolean;
  readonly onStep?: (step: number) => void;
}

/** Losses of the steps that are made. */
async function losses(zoo: Zoo, model: GLALanguageModel, { onStep, ...plan }: Plan): Promise<number[]> {
  const all: number[] = [];
  for await (const event of train({
    ...{ zoo, model: model.module, data, schedule: 3e-3, clip: clipByGlobalNorm(1), ...plan },
    optimizer: adamw({ betas: [0.9, 0.95], weightDecay: 0.01 }),
    loss: (batch) => {
      const ids = zoo.tensor(batch, { shape: [BATCH, LENGTH] });
      return model.module.loss(ids, ids);
    },
  })) {
    if (event.kind !== 'step') continue;
    all.push(event.loss);
    onStep?.(event.step);
  }
  return all;
}

/** Training on the device. */
export const training = (): DeviceCase[] => [
  {
    name: 'ten steps have the losses of wasm, and a run that goes on those of an unbroken one',
    async run(zoo) {
      const judge = new Judge();
      await using other = await zooOn('wasm');
      using there = await smallModel(other);
      using whole = await smallModel(zoo);
      const wanted = await losses(other, there, { steps: 10 });
      const here = await losses(zoo, whole, { steps: 10 });
      judge.close('the losses', here, wanted, 2e-4);
      judge.holds(here[9]! < here[0]!, `nothing is learned: ${here.join(', ')}`);
      using halves = await smallModel(zoo);
      const checkpoints = store();
      await losses(zoo, halves, { steps: 6, checkpoints });
      using fresh = await smallModel(zoo);
      judge.equal('after a break', await losses(zoo, fresh, { steps: 10, checkpoints, resume: true }), here.slice(6));
      return judge.wrong;
    },
  },
  {
    name: 'two hundred steps leave memory as it was',
    async run(zoo) {
      const judge = new Judge();
      using model = await smallModel(zoo, { hiddenSize: 16, numHiddenLayers: 1, numHeads: 1, intermediateSize: 24 });
      const seen = new Map<number, string>();
      const note = (step: number) => {
        const { tensors, bytes, packedBytes, reservedBytes } = zoo.memory();
        if (step === 20 || step === 200) seen.set(step, JSON.stringify({ tensors, bytes, packedBytes, reservedBytes }));
      };
      await losses(zoo, model, { steps: 200, onStep: note });
      judge.equal('memory', seen.get(200), seen.get(20));
      return judge.wrong;
    },
  },
];
